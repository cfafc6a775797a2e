import { explainAnswer, fillRequest, textAt } from '@musicgen/platform-contracts';
import { Upstream } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { PlatformClient } from './oauth-client';

const withinMs = 5_000;
const lengthMax = 100;

/** Whose account has been connected, so that somebody with two of them sees which. */
@Injectable()
export class AccountNames {
  constructor(private readonly upstream: Upstream) {}

  /** Null where the platform does not say it: the connection stands without a name. */
  async of({ platform, mode, fields }: PlatformClient, accessToken: string): Promise<string | null> {
    const { account } = platform.auth;
    if (!account) return null;
    const { host, path, query, headers } = fillRequest(account.request, { ...fields, access_token: accessToken });
    const question = Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
    try {
      const signal = AbortSignal.timeout(withinMs);
      const answer = await this.upstream.ask({ platform, host, mode, fields }, path + question, { headers, signal });
      const isGood = explainAnswer(platform, 'account', answer).reason === 'ok';
      return isGood ? (textAt(answer.body, account.nameAt)?.slice(0, lengthMax) ?? null) : null;
    } catch {
      return null;
    }
  }
}
