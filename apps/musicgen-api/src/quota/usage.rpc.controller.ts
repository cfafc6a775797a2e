import { listGenerationUsage, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { UsageService } from './usage.service';

@Controller()
export class UsageRpcController {
  constructor(private readonly usage: UsageService) {}

  @Rpc(listGenerationUsage)
  list(range: RequestOf<typeof listGenerationUsage>, call: Call<Principal>) {
    return this.usage.list(call.principal, range);
  }
}
