import { getModel, listModels, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { ModelsService } from './models.service';

type UserCall = Call<Principal>;

@Controller()
export class ModelsRpcController {
  constructor(private readonly models: ModelsService) {}

  @Rpc(listModels)
  list(_: RequestOf<typeof listModels>, call: UserCall) {
    return this.models.list(call.principal);
  }

  @Rpc(getModel)
  get({ id }: RequestOf<typeof getModel>, call: UserCall) {
    return this.models.get(call.principal, id);
  }
}
