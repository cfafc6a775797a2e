import type { Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { ACCESS_TOKEN_LIFETIME_S } from '../tokens/access-token';
import { AccessTokensService } from '../tokens/access-tokens.service';
import { QuotaService } from '../usage/quota.service';
import { UsersService } from '../users/users.service';
import { RefreshTokens } from './refresh-token';
import type { OpenSession } from './sessions.service';

/** What login, registration and refresh answer. */
@Injectable()
export class TokenPairsService {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly refreshTokens: RefreshTokens,
    private readonly users: UsersService,
    private readonly quota: QuotaService,
  ) {}

  async issue(opened: OpenSession, call: Call) {
    const { session, refreshN, rights } = opened;
    const [accessToken, user] = await Promise.all([
      this.accessTokens.sign(session.id, rights.principal),
      this.userOf(opened, call),
    ]);
    return {
      access_token: accessToken,
      token_type: 'bearer' as const,
      expires_in: ACCESS_TOKEN_LIFETIME_S,
      refresh_token: this.refreshTokens.make({ family: session.family, n: refreshN }),
      user,
    };
  }

  /** Whose session it is, with what is left of his day. */
  async userOf({ session, rights: { principal } }: OpenSession, call: Call) {
    const [{ id, email, tier }, usage] = await Promise.all([
      this.users.get(session.userId),
      this.quota.find({ ...call, principal }),
    ]);
    return { id, email, tier, usage };
  }
}
