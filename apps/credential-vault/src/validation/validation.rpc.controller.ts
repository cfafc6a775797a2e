import { validateCredential, validateFields, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { ValidationService } from './validation.service';

@Controller()
export class ValidationRpcController {
  constructor(private readonly validation: ValidationService) {}

  @Rpc(validateCredential)
  validate(request: RequestOf<typeof validateCredential>, call: Call<Principal>) {
    return this.validation.validate(call, request);
  }

  @Rpc(validateFields)
  validateFields(request: RequestOf<typeof validateFields>, call: Call<Principal>) {
    return this.validation.validateFields(call.principal, request);
  }
}
