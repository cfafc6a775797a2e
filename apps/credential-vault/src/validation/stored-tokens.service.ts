import { AppError } from '@musicgen/error-codes';
import { Injectable } from '@nestjs/common';
import type { By } from '../audit/audit.service';
import type { Credential } from '../credentials/credential.entity';
import { TokensService } from '../grants/tokens.service';
import type { UserTokens } from './prober.service';

/** The tokens of stored credentials, for their checks. */
@Injectable()
export class StoredTokens {
  constructor(private readonly tokens: TokensService) {}

  of(credential: Credential, by: By): UserTokens {
    let version: number | undefined;
    const ask = async (rejected?: number) => {
      const token = await this.tokens.peek(by, credential, rejected);
      version = token?.version;
      return token?.accessToken;
    };
    return {
      current: () => ask(),
      renewed: () =>
        ask(version).catch((error: unknown) => {
          // It cannot be renewed: then it is the platform's own refusal that counts.
          if (error instanceof AppError && error.code === 'REAUTHORIZATION_REQUIRED') return undefined;
          throw error;
        }),
    };
  }
}

/** What stands in fields that are not stored: a refresh token is never spent, because the one that replaces it would be lost. */
export function tokensIn({
  access_token: token,
  refresh_token: renewal,
}: Readonly<Record<string, unknown>>): UserTokens {
  return {
    current: async () => (typeof token === 'string' ? token : undefined),
    ...(renewal === undefined && { renewed: async () => undefined }),
  };
}
