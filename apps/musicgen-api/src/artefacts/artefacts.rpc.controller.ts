import {
  getProvenance,
  listArtefacts,
  listProvenanceKeys,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { CONFIG, Rpc, type Call } from '@musicgen/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config';
import { ArtefactsService } from './artefacts.service';

@Controller()
export class ArtefactsRpcController {
  constructor(
    private readonly artefacts: ArtefactsService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'musicgenSigningKey'>,
  ) {}

  @Rpc(listArtefacts)
  list({ id }: RequestOf<typeof listArtefacts>, call: Call<Principal>) {
    return this.artefacts.list(call.principal, id);
  }

  @Rpc(getProvenance)
  provenance({ id }: RequestOf<typeof getProvenance>, call: Call<Principal>) {
    return this.artefacts.provenance(call.principal, id);
  }

  @Rpc(listProvenanceKeys)
  keys() {
    return { keys: [...this.config.musicgenSigningKey.published] };
  }
}
