import {
  describeToken,
  describeTokenRoute,
  disconnectCredential,
  disconnectCredentialRoute,
  issueTokenRoute,
  issueTokenToUser,
  refreshToken,
  refreshTokenRoute,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';

/** Access tokens of platforms, as the vault gives them out. */
@Controller()
export class CredentialTokensHttpController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(describeTokenRoute)
  describe({ call, params }: Input<typeof describeTokenRoute>) {
    return this.rpc.call(describeToken, params, call);
  }

  @Route(issueTokenRoute)
  issue({ call, params, body }: Input<typeof issueTokenRoute>) {
    return this.rpc.call(issueTokenToUser, { ...body, credential_id: params.id }, call);
  }

  @Route(refreshTokenRoute)
  refresh({ call, params }: Input<typeof refreshTokenRoute>) {
    return this.rpc.call(refreshToken, params, call);
  }

  @Route(disconnectCredentialRoute)
  async disconnect({ call, params }: Input<typeof disconnectCredentialRoute>) {
    await this.rpc.call(disconnectCredential, params, call);
  }
}
