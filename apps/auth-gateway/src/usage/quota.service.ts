import { getUsage, type Principal } from '@musicgen/platform-contracts';
import { RpcClient, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';

@Injectable()
export class QuotaService {
  constructor(private readonly rpc: RpcClient) {}

  /** What is left of today's generations; null while musicgen-api is away: nobody is kept out for that. */
  find(call: Call<Principal>) {
    return this.rpc.call(getUsage, {}, call).catch(() => null);
  }
}
