import { AppError, type ErrorCode } from '@musicgen/error-codes';
import type { Mode } from '@musicgen/platform-contracts';
import { callFields, LOGGER, newId, type Call, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { checkNow, type Authenticated } from '../authentication/authenticated';
import { PrincipalsService } from '../authentication/principals.service';
import { presentRefreshToken, startRefreshFamily } from './refresh-rotation';
import { RefreshTokens } from './refresh-token';
import type { Session } from './session.entity';
import { SessionsStore } from './sessions.store';

/** Where a login or a refresh comes from. */
export interface Origin {
  address: string;
  device: string | null;
}

/** A session with what its next tokens are made of. */
export interface OpenSession {
  session: Session;
  refreshN: number;
  rights: Authenticated;
}

/** Sessions: begun by login, carried on by refresh tokens, ended by logout or reuse. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly principals: PrincipalsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async begin(userId: string, from: { mode: Mode; keyId?: string }, origin: Origin): Promise<OpenSession> {
    const { currentN, presentedAt } = startRefreshFamily(Date.now());
    const now = new Date();
    const session: Session = {
      id: newId('sess'),
      userId,
      keyId: from.keyId ?? null,
      mode: from.mode,
      family: this.refreshTokens.newFamily(),
      currentN,
      presentedAt: dateOf(presentedAt),
      device: origin.device?.slice(0, 300) ?? null,
      address: origin.address,
      createdAt: now,
      lastUsedAt: now,
      revokedAt: null,
    };
    await this.store.insert(session);
    const rights = await this.rightsOf(session, from.keyId ? 'INVALID_API_KEY' : 'INVALID_CREDENTIALS');
    return { session, refreshN: currentN, rights };
  }

  /** One row, one transaction: two tabs, a lost answer or a kept first token never fork or end a session. */
  async refresh(token: string, { address }: Origin, call: Call): Promise<OpenSession> {
    const presented = this.refreshTokens.parse(token);
    const known = presented && (await this.store.findByFamily(presented.family));
    if (!known) throw new AppError('INVALID_REFRESH_TOKEN');
    // Before the row moves: from an address that the key does not allow, a stolen token changes nothing.
    const rights = await this.rightsOf(known, 'INVALID_REFRESH_TOKEN');
    checkNow(rights, address);
    const { session, decision } = await this.present(presented);
    if (decision.kind === 'reuse') this.endReused(session, call);
    if (decision.kind !== 'advance' && decision.kind !== 'reissue') throw new AppError('INVALID_REFRESH_TOKEN');
    return { session, refreshN: decision.answerN, rights };
  }

  async end({ principal }: Authenticated): Promise<void> {
    await this.store.revoke(principal.user_id, principal.session_id!);
    this.principals.forget(principal.session_id!);
  }

  private present({ family, n }: { family: string; n: number }) {
    return this.store.transaction(async (tx) => {
      const found = await this.store.findByFamilyForUpdate(tx, family);
      if (!found || found.session.revokedAt) throw new AppError('INVALID_REFRESH_TOKEN');
      const { session, now } = found;
      const decision = presentRefreshToken(rotationOf(session), n, now.getTime());
      if (decision.kind === 'reuse') await this.store.update(tx, session.id, { revokedAt: now });
      if (decision.kind === 'advance' || decision.kind === 'reissue') {
        const { currentN, presentedAt } = decision.row;
        await this.store.update(tx, session.id, { currentN, presentedAt: dateOf(presentedAt), lastUsedAt: now });
      }
      return { session, decision };
    });
  }

  private endReused({ id, userId }: Session, call: Call): void {
    this.principals.forget(id);
    const fields = { ...callFields(call), session_id: id, user_id: userId };
    this.logger.warn(fields, 'an old refresh token came back: session ended');
  }

  /** Who has no access token yet is told what is wrong with that which he did send. */
  private async rightsOf({ id }: Session, code: ErrorCode): Promise<Authenticated> {
    try {
      return await this.principals.ofSession(id);
    } catch (cause) {
      throw cause instanceof AppError && cause.code === 'INVALID_TOKEN' ? new AppError(code, { cause }) : cause;
    }
  }
}

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms));

const rotationOf = (session: Session) => ({
  currentN: session.currentN,
  presentedAt: session.presentedAt?.getTime() ?? null,
  createdAt: session.createdAt.getTime(),
  lastUsedAt: session.lastUsedAt.getTime(),
});
