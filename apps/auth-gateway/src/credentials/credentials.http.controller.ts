import {
  activateCredential,
  activateCredentialRoute,
  createCredential,
  createCredentialRoute,
  deactivateCredential,
  deactivateCredentialRoute,
  deleteCredential,
  deleteCredentialRoute,
  getCredential,
  getCredentialRoute,
  listCredentials,
  listCredentialsRoute,
  updateCredential,
  updateCredentialRoute,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';

@Controller()
export class CredentialsHttpController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(listCredentialsRoute)
  list({ call, query }: Input<typeof listCredentialsRoute>) {
    return this.rpc.call(listCredentials, query, call);
  }

  @Route(createCredentialRoute)
  create({ call, body, creation: { id } }: Input<typeof createCredentialRoute>) {
    return this.rpc.call(createCredential, { ...body, id }, call);
  }

  @Route(getCredentialRoute)
  get({ call, params }: Input<typeof getCredentialRoute>) {
    return this.rpc.call(getCredential, params, call);
  }

  @Route(updateCredentialRoute)
  update({ call, params, body }: Input<typeof updateCredentialRoute>) {
    return this.rpc.call(updateCredential, { ...body, ...params }, call);
  }

  @Route(activateCredentialRoute)
  activate({ call, params }: Input<typeof activateCredentialRoute>) {
    return this.rpc.call(activateCredential, params, call);
  }

  @Route(deactivateCredentialRoute)
  deactivate({ call, params }: Input<typeof deactivateCredentialRoute>) {
    return this.rpc.call(deactivateCredential, params, call);
  }

  @Route(deleteCredentialRoute)
  async delete({ call, params }: Input<typeof deleteCredentialRoute>) {
    await this.rpc.call(deleteCredential, params, call);
  }
}
