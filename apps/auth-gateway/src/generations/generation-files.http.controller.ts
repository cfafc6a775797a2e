import { AppError } from '@musicgen/error-codes';
import {
  findArtefact,
  getAudioRoute,
  getMidiRoute,
  getStemRoute,
  getWaveformRoute,
  type RequestInputOf,
  type RouteContract,
} from '@musicgen/platform-contracts';
import { RpcClient, Storage } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { sendFile } from '../http/send-file';
import { sendStream } from '../streams/send-stream';
import { StreamsService } from '../streams/streams.service';
import { GenerationFollowing } from './generation-following';

/** So long a client that wants to listen waits for the first second. */
const firstSoundWithinMs = 30_000;

@Controller()
export class GenerationFilesHttpController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly storage: Storage,
    private readonly following: GenerationFollowing,
    private readonly streams: StreamsService,
  ) {}

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
