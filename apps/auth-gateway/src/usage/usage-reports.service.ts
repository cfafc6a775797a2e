import { invalidFields } from '@musicgen/error-codes';
import { listGenerationUsage, usageRowsMax, type Principal, type UsageRange } from '@musicgen/platform-contracts';
import { RpcClient, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { RequestCountsStore } from './request-counts.store';
import { dayOf, usageRangeOf } from './usage-range';

/** What somebody has used, in the mode he asks in. */
@Injectable()
export class UsageReportsService {
  constructor(
    private readonly rpc: RpcClient,
    private readonly requests: RequestCountsStore,
  ) {}

  async report(call: Call<Principal>, query: Partial<UsageRange>) {
    const asked = usageRangeOf(query, dayOf(Date.now()));
    if (asked.kind === 'refused') throw invalidFields([{ path: 'query.from', problem: asked.problem }]);
    const { range } = asked;
    const [requests, generations] = await Promise.all([
      this.requests.list(call.principal, range),
      // Null while musicgen-api is away: what is known here is told all the same.
      this.rpc.call(listGenerationUsage, range, call).catch(() => null),
    ]);
    return {
      from: range.from,
      to: range.to,
      requests: requests.slice(0, usageRowsMax),
      generations: generations?.data ?? null,
      truncated: requests.length > usageRowsMax || (generations?.truncated ?? false),
    };
  }
}
