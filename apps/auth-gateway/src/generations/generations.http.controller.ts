import { AppError } from '@musicgen/error-codes';
import {
  cancelGeneration,
  cancelGenerationRoute,
  createGeneration,
  createGenerationRoute,
  deleteGeneration,
  deleteGenerationRoute,
  findArtefact,
  getAudioRoute,
  getGeneration,
  getGenerationEventsRoute,
  getGenerationRoute,
  getMidiRoute,
  getModel,
  getModelRoute,
  getStemRoute,
  getWaveformRoute,
  listGenerations,
  listGenerationsRoute,
  listModels,
  listModelsRoute,
  type Generation,
  type Principal,
  type RequestInputOf,
  type RouteContract,
} from '@musicgen/platform-contracts';
import { CONFIG, RpcClient, Storage, type Call } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config';
import { FileLinks } from '../files/file-links';
import { pageOfAll } from '../http/page-of-all';
import { Route, type Input } from '../http/route.decorator';
import { sendFile } from '../http/send-file';
import { sendStream } from '../streams/send-stream';
import { lastSeen } from '../streams/server-sent-events';
import { StreamsService } from '../streams/streams.service';
import { GenerationFollowing } from './generation-following';
import { preferredWait } from './prefer';
import { withUrls } from './public-generation';

/** So long a client that wants to listen waits for the first second. */
const firstSoundWithinMs = 30_000;

@Controller()
export class GenerationsHttpController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly storage: Storage,
    private readonly links: FileLinks,
    private readonly following: GenerationFollowing,
    private readonly streams: StreamsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Route(listModelsRoute)
  async models({ call, query }: Input<typeof listModelsRoute>) {
    return pageOfAll((await this.rpc.call(listModels, {}, call)).data, query);
  }

  @Route(getModelRoute)
  model({ call, params }: Input<typeof getModelRoute>) {
    return this.rpc.call(getModel, params, call);
  }

  @Route(createGenerationRoute)
  async create(input: Input<typeof createGenerationRoute>) {
    const { call, body, request, reply, creation } = input;
    const created = await this.rpc.call(createGeneration, { id: creation.id, request: body }, call);
    reply.header('location', `${this.config.publicUrl}/v1/generate/${creation.id}`);
    const seconds = preferredWait(request.headers.prefer);
    if (seconds === null) return this.shown(call, created);
    reply.header('preference-applied', `wait=${seconds}`);
    const { authenticated } = input;
    const waited = await this.streams.wait(authenticated, reply, (until) =>
      this.following.untilDone(call, created, seconds * 1_000, until),
    );
    return this.shown(call, waited);
  }

  @Route(listGenerationsRoute)
  list({ call, query }: Input<typeof listGenerationsRoute>) {
    return this.rpc.call(listGenerations, query, call);
  }

  @Route(getGenerationRoute)
  async get({ call, params }: Input<typeof getGenerationRoute>) {
    return this.shown(call, await this.rpc.call(getGeneration, params, call));
  }

  @Route(cancelGenerationRoute)
  async cancel({ call, params }: Input<typeof cancelGenerationRoute>) {
    return this.shown(call, await this.rpc.call(cancelGeneration, params, call));
  }

  @Route(deleteGenerationRoute)
  async delete({ call, params }: Input<typeof deleteGenerationRoute>) {
    await this.rpc.call(deleteGeneration, params, call);
  }

  @Route(getGenerationEventsRoute)
  events({ authenticated, call, params: { id }, request, reply }: Input<typeof getGenerationEventsRoute>) {
    return this.streams.stream(authenticated, reply, async (until) => {
      const after = lastSeen(request.headers['last-event-id']);
      const page = await this.following.eventsAfter(call, id, after);
      // Who has seen the last one is told not to come again (WHATWG HTML, "Server-sent events").
      if (page.is_over && page.data.length === 0) return void (await reply.status(204).send());
      reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
      const source = (signal: AbortSignal) => this.following.events(call, { id, after }, page, signal);
      await sendStream(request, reply, source, { until });
    });
  }

  @Route(getAudioRoute)
  async audio(input: Input<typeof getAudioRoute>) {
    const { id } = input.params;
    const { format } = input.query;
    const wanted = { id, kind: 'mix' as const, format };
    try {
      await this.send(input, wanted);
    } catch (error) {
      const isNotReady = error instanceof AppError && error.code === 'GENERATION_NOT_READY';
      if (!isNotReady || format !== 'mp3') throw error;
      if ((await this.sendPreview(input, id)) === 'music') return this.send(input, wanted);
    }
  }

  @Route(getStemRoute)
  stem(input: Input<typeof getStemRoute>) {
    return this.send(input, { ...input.params, kind: 'stem' });
  }

  @Route(getMidiRoute)
  midi(input: Input<typeof getMidiRoute>) {
    return this.send(input, { id: input.params.id, kind: 'midi' });
  }

  @Route(getWaveformRoute)
  waveform(input: Input<typeof getWaveformRoute>) {
    return this.send(input, { id: input.params.id, kind: 'waveform' });
  }

  /** `music`: nothing was sent, for the music itself is there. */
  private sendPreview({ authenticated, call, request, reply }: Input<typeof getAudioRoute>, id: string) {
    return this.streams.stream(authenticated, reply, async (until) => {
      const what = await this.following.untilHeard(call, id, firstSoundWithinMs, until);
      if (what === 'nothing') throw new AppError('GENERATION_NOT_READY', { details: 'Nothing can be heard of it yet' });
      if (what === 'preview') {
        reply.headers({ 'content-type': 'audio/mpeg', 'accept-ranges': 'none', 'x-audio-preview': 'true' });
        await sendStream(request, reply, (signal) => this.following.preview(call, id, signal), { until });
      }
      return what;
    });
  }

  private shown({ principal }: Call<Principal>, generation: Generation) {
    const owner = { userId: principal.user_id, mode: principal.mode };
    return withUrls(generation, owner, (file) => this.links.make(file));
  }

  private async send(
    { call, request, reply }: Pick<Input<RouteContract>, 'call' | 'request' | 'reply'>,
    wanted: RequestInputOf<typeof findArtefact>,
  ) {
    const file = await this.rpc.call(findArtefact, wanted, call);
    if (await sendFile(this.storage, file, request, reply)) return;
    // It was deleted a moment ago, and its service says so when it is asked again; or the storage has lost it.
    await this.rpc.call(findArtefact, wanted, call);
    throw new AppError('INTERNAL_ERROR', { cause: new Error(`${file.key} is not in the storage as it was stored`) });
  }
}
