import {
  cancelGeneration,
  createGeneration,
  deleteGeneration,
  findArtefact,
  findPreview,
  getGeneration,
  getUsage,
  listGenerationEvents,
  listGenerations,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service';
import { UsageService } from '../quota/usage.service';
import { PreviewsService } from '../previews/previews.service';
import { GenerationsService } from './generations.service';

type UserCall = Call<Principal>;

@Controller()
export class GenerationsRpcController {
  constructor(
    private readonly generations: GenerationsService,
    private readonly artefacts: ArtefactsService,
    private readonly previews: PreviewsService,
    private readonly usage: UsageService,
  ) {}

  @Rpc(createGeneration)
  create(request: RequestOf<typeof createGeneration>, call: UserCall) {
    return this.generations.create(call, request);
  }

  @Rpc(getGeneration)
  get({ id }: RequestOf<typeof getGeneration>, call: UserCall) {
    return this.generations.get(call.principal, id);
  }

  @Rpc(listGenerations)
  list(request: RequestOf<typeof listGenerations>, call: UserCall) {
    return this.generations.list(call.principal, request);
  }

  @Rpc(listGenerationEvents)
  listEvents(request: RequestOf<typeof listGenerationEvents>, call: UserCall) {
    return this.generations.listEvents(call.principal, request);
  }

  @Rpc(findPreview)
  findPreview(request: RequestOf<typeof findPreview>, call: UserCall) {
    return this.previews.find(call.principal, request);
  }

  @Rpc(cancelGeneration)
  cancel({ id }: RequestOf<typeof cancelGeneration>, call: UserCall) {
    return this.generations.cancel(call.principal, id);
  }

  @Rpc(deleteGeneration)
  async delete({ id }: RequestOf<typeof deleteGeneration>, call: UserCall) {
    await this.generations.delete(call.principal, id);
    return {};
  }

  @Rpc(findArtefact)
  findArtefact(request: RequestOf<typeof findArtefact>, call: UserCall) {
    return this.artefacts.find(call.principal, request);
  }

  @Rpc(getUsage)
  getUsage(_: RequestOf<typeof getUsage>, call: UserCall) {
    return this.usage.get(call.principal);
  }
}
