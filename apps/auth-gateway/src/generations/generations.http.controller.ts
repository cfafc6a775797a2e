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
  type RequestInputOf,
  type RouteContract,
} from '@musicgen/platform-contracts';
import { CONFIG, newId, RpcClient, Storage } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config';
import { pageOfAll } from '../http/page-of-all';
import { Route, type Input } from '../http/route.decorator';
import { sendFile } from '../http/send-file';
import { withUrls } from './public-generation';

@Controller()
export class GenerationsHttpController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly storage: Storage,
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
  async create({ call, body, reply }: Input<typeof createGenerationRoute>) {
    const id = newId('gen');
    const created = await this.rpc.call(createGeneration, { id, request: body }, call);
    reply.header('location', `${this.config.publicUrl}/v1/generate/${id}`);
    return withUrls(created, this.config.publicUrl);
  }

  @Route(listGenerationsRoute)
  list({ call, query }: Input<typeof listGenerationsRoute>) {
    return this.rpc.call(listGenerations, query, call);
  }

  @Route(getGenerationRoute)
  async get({ call, params }: Input<typeof getGenerationRoute>) {
    return withUrls(await this.rpc.call(getGeneration, params, call), this.config.publicUrl);
  }

  @Route(cancelGenerationRoute)
  async cancel({ call, params }: Input<typeof cancelGenerationRoute>) {
    return withUrls(await this.rpc.call(cancelGeneration, params, call), this.config.publicUrl);
  }

  @Route(deleteGenerationRoute)
  async delete({ call, params }: Input<typeof deleteGenerationRoute>) {
    await this.rpc.call(deleteGeneration, params, call);
  }

  @Route(getAudioRoute)
  audio(input: Input<typeof getAudioRoute>) {
    return this.send(input, { id: input.params.id, kind: 'mix', format: input.query.format });
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
