import {
  activateCredential,
  createCredential,
  deactivateCredential,
  deleteCredential,
  getCredential,
  listAllCredentials,
  listCredentials,
  updateCredential,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { CredentialsService } from './credentials.service';

type UserCall = Call<Principal>;

@Controller()
export class CredentialsRpcController {
  constructor(private readonly credentials: CredentialsService) {}

  @Rpc(createCredential)
  create(request: RequestOf<typeof createCredential>, call: UserCall) {
    return this.credentials.create(call, request);
  }

  @Rpc(listCredentials)
  list(request: RequestOf<typeof listCredentials>, call: UserCall) {
    return this.credentials.list(call.principal, request);
  }

  @Rpc(listAllCredentials)
  listAll(request: RequestOf<typeof listAllCredentials>, call: UserCall) {
    return this.credentials.listAll(call.principal, request);
  }

  @Rpc(getCredential)
  get({ id }: RequestOf<typeof getCredential>, call: UserCall) {
    return this.credentials.get(call.principal, id);
  }

  @Rpc(updateCredential)
  update(request: RequestOf<typeof updateCredential>, call: UserCall) {
    return this.credentials.update(call, request);
  }

  @Rpc(activateCredential)
  activate({ id }: RequestOf<typeof activateCredential>, call: UserCall) {
    return this.credentials.activate(call, id);
  }

  @Rpc(deactivateCredential)
  deactivate({ id }: RequestOf<typeof deactivateCredential>, call: UserCall) {
    return this.credentials.deactivate(call, id);
  }

  @Rpc(deleteCredential)
  async delete({ id }: RequestOf<typeof deleteCredential>, call: UserCall) {
    await this.credentials.delete(call, id);
    return {};
  }
}
