import {
  disconnectCredential,
  exchangeOAuth,
  finishOAuth,
  startOAuth,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { Disconnections } from './disconnections.service';
import { OAuthFlowsService } from './oauth-flows.service';

type UserCall = Call<Principal>;

@Controller()
export class OAuthRpcController {
  constructor(
    private readonly flows: OAuthFlowsService,
    private readonly disconnections: Disconnections,
  ) {}

  @Rpc(startOAuth)
  start(request: RequestOf<typeof startOAuth>, call: UserCall) {
    return this.flows.start(call.principal, request);
  }

  @Rpc(finishOAuth)
  finish(request: RequestOf<typeof finishOAuth>, call: Call) {
    return this.flows.finish(call, request);
  }

  @Rpc(exchangeOAuth)
  exchange(request: RequestOf<typeof exchangeOAuth>, call: UserCall) {
    return this.flows.exchange(call, request);
  }

  @Rpc(disconnectCredential)
  disconnect({ id }: RequestOf<typeof disconnectCredential>, call: UserCall) {
    return this.disconnections.disconnect(call, id);
  }
}
