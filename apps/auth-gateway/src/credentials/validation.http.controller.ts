import {
  validateCredential,
  validateCredentialRoute,
  validateFields,
  validateFieldsRoute,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';

@Controller()
export class ValidationHttpController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(validateCredentialRoute)
  validate({ call, params, query }: Input<typeof validateCredentialRoute>) {
    return this.rpc.call(validateCredential, { ...params, ...query }, call);
  }

  @Route(validateFieldsRoute)
  validateFields({ call, query, body }: Input<typeof validateFieldsRoute>) {
    return this.rpc.call(validateFields, { ...body, ...query }, call);
  }
}
