import { AppError } from '@musicgen/error-codes';
import type { Mode, Principal } from '@musicgen/platform-contracts';
import { callFields, LOGGER, newId, type Call, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Authenticated } from '../authentication/authenticated';
import { PrincipalsService } from '../authentication/principals.service';
import { AccessTokensService } from '../tokens/access-tokens.service';
import { ACCESS_TOKEN_LIFETIME_S } from '../tokens/access-token';
import type { User } from '../users/user.entity';
import { UsageService } from '../users/usage.service';
import { UsersService } from '../users/users.service';
import { presentRefreshToken, startRefreshFamily } from './refresh-rotation';
import { RefreshTokens } from './refresh-token';
import type { Session } from './session.entity';
import { SessionsStore } from './sessions.store';

/** Where a login comes from. */
export interface Origin {
  address: string;
  device: string | null;
}

/** Sessions: begun by login, carried on by refresh tokens, ended by logout or reuse. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokensService,
    private readonly principals: PrincipalsService,
    private readonly users: UsersService,
    private readonly usage: UsageService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async begin(user: User, rights: { mode: Mode; keyId?: string }, origin: Origin, call: Call) {
    const { currentN, presentedAt } = startRefreshFamily(Date.now());
    const now = new Date();
    const session: Session = {
      id: newId('sess'),
      userId: user.id,
      keyId: rights.keyId ?? null,
      mode: rights.mode,
      family: this.refreshTokens.newFamily(),
      currentN,
      presentedAt: presentedAt === null ? null : new Date(presentedAt),
      device: origin.device?.slice(0, 300) ?? null,
      address: origin.address,
      createdAt: now,
      lastUsedAt: now,
      revokedAt: null,
    };
    await this.store.insert(session);
    return this.answer(session, session.currentN, user, call);
  }

  /** One row, one transaction: two tabs, a lost answer or a kept first token never fork or end a session. */
  async refresh(token: string, call: Call) {
    const presented = this.refreshTokens.parse(token);
    if (!presented) throw new AppError('INVALID_REFRESH_TOKEN');
    const outcome = await this.store.transaction(async (tx) => {
      const found = await this.store.findByFamilyForUpdate(tx, presented.family);
      if (!found || found.session.revokedAt) return null;
      const { session, now } = found;
      const decision = presentRefreshToken(rotationOf(session), presented.n, now.getTime());
      if (decision.kind === 'reuse') await this.store.update(tx, session.id, { revokedAt: now });
      if (decision.kind !== 'advance' && decision.kind !== 'reissue') return { session, decision };
      const { currentN, presentedAt } = decision.row;
      await this.store.update(tx, session.id, {
        currentN,
        presentedAt: presentedAt === null ? null : new Date(presentedAt),
        lastUsedAt: now,
      });
      return { session, decision, answerN: decision.answerN };
    });
    if (!outcome) throw new AppError('INVALID_REFRESH_TOKEN');
    if (outcome.decision.kind === 'reuse') {
      this.principals.forget(outcome.session.id);
      const { id, userId } = outcome.session;
      this.logger.warn(
        { ...callFields(call), session_id: id, user_id: userId },
        'an old refresh token came back: session ended',
      );
    }
    if (outcome.answerN === undefined) throw new AppError('INVALID_REFRESH_TOKEN');
    return this.answer(outcome.session, outcome.answerN, await this.users.get(outcome.session.userId), call);
  }

  async end({ principal }: Authenticated): Promise<void> {
    await this.store.revoke(principal.user_id, principal.session_id!);
    this.principals.forget(principal.session_id!);
  }

  private async answer(session: Session, refreshN: number, user: User, call: Call) {
    const { principal } = await this.rightsOf(session.id);
    const [accessToken, usage] = await Promise.all([
      this.accessTokens.sign(session.id, principal),
      this.usage.find({ ...call, principal }),
    ]);
    return {
      access_token: accessToken,
      token_type: 'bearer' as const,
      expires_in: ACCESS_TOKEN_LIFETIME_S,
      refresh_token: this.refreshTokens.make({ family: session.family, n: refreshN }),
      user: { id: user.id, email: user.email, tier: user.tier, usage },
    };
  }

  /** A refresh whose session or key has ended meanwhile is an invalid refresh, not an invalid access token. */
  private async rightsOf(sessionId: string): Promise<{ principal: Principal }> {
    try {
      return await this.principals.ofSession(sessionId);
    } catch (cause) {
      if (cause instanceof AppError && cause.code === 'INVALID_TOKEN') {
        throw new AppError('INVALID_REFRESH_TOKEN', { cause });
      }
      throw cause;
    }
  }
}

const rotationOf = (session: Session) => ({
  currentN: session.currentN,
  presentedAt: session.presentedAt?.getTime() ?? null,
  createdAt: session.createdAt.getTime(),
  lastUsedAt: session.lastUsedAt.getTime(),
});
