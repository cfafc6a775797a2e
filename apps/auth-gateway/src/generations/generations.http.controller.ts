import {
  cancelGeneration,
  cancelGenerationRoute,
  createGeneration,
  createGenerationRoute,
  deleteGeneration,
  deleteGenerationRoute,
  getGeneration,
  getGenerationEventsRoute,
  getGenerationRoute,
  getModel,
  getModelRoute,
  listGenerations,
  listGenerationsRoute,
  listModels,
  listModelsRoute,
  type Generation,
  type Principal,
} from '@musicgen/platform-contracts';
import { CONFIG, RpcClient, type Call } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config';
import { FileLinks } from '../files/file-links';
import type { Input } from '../http/input';
import { pageOfAll } from '../http/page-of-all';
import { Route } from '../http/route.decorator';
import { sendStream } from '../streams/send-stream';
import { lastSeen } from '../streams/server-sent-events';
import { StreamsService } from '../streams/streams.service';
import { WebhooksService } from '../webhooks/webhooks.service';
import { GenerationFollowing } from './generation-following';
import { preferredWait } from './prefer';
import { withUrls } from './public-generation';

@Controller()
export class GenerationsHttpController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly links: FileLinks,
    private readonly following: GenerationFollowing,
    private readonly streams: StreamsService,
    private readonly webhooks: WebhooksService,
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
    const { webhook_url: url } = body;
    if (url !== undefined) await this.webhooks.useForGeneration(call.principal, url, creation.id);
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

  private shown({ principal }: Call<Principal>, generation: Generation) {
    const owner = { userId: principal.user_id, mode: principal.mode };
    return withUrls(generation, owner, (file) => this.links.make(file));
  }
}
