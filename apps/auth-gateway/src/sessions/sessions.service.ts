import { AppError, invalidFields, type ErrorCode } from '@musicgen/error-codes';
import type { Mode } from '@musicgen/platform-contracts';
import { callFields, LOGGER, newId, type Call, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { checkNow, sessionEnded, type Authenticated } from '../authentication/authenticated';
import { PrincipalsService } from '../authentication/principals.service';
import { hashOpaqueSecret, makeOpaqueSecret } from '../tokens/opaque-secret';
import { presentRefreshToken, startRefreshFamily } from './refresh-rotation';
import { RefreshTokens } from './refresh-token';
import { SessionEndingsService } from './session-endings.service';
import type { Session } from './session.entity';
import { SessionsStore } from './sessions.store';

/** Where a login or a refresh comes from. */
export interface Origin {
  address: string;
  device: string | null;
  requestId: string;
}

/** A session with what its next tokens are made of. */
export interface OpenSession {
  session: Session;
  refreshN: number;
  /** What its cookie holds; null: it has tokens. */
  cookieSecret: string | null;
  rights: Authenticated;
}

/** What a new session is to be like. */
interface Beginning {
  mode: Mode;
  keyId?: string;
  cookie?: boolean;
  /** Of the login that it goes back to, if it is not one itself: it lasts no longer. */
  createdAt?: Date;
}

/** Sessions: begun by login, carried on by refresh tokens. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly principals: PrincipalsService,
    private readonly endings: SessionEndingsService,
    private readonly audit: Audit,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async begin(userId: string, from: Beginning, origin: Origin): Promise<OpenSession> {
    const { currentN, presentedAt } = startRefreshFamily(Date.now());
    const now = new Date();
    const cookieSecret = from.cookie ? makeOpaqueSecret() : null;
    const session: Session = {
      id: newId('sess'),
      userId,
      keyId: from.keyId ?? null,
      mode: from.mode,
      family: this.refreshTokens.newFamily(),
      currentN,
      presentedAt: dateOf(presentedAt),
      cookieHash: cookieSecret && hashOpaqueSecret(cookieSecret),
      device: origin.device?.slice(0, 300) ?? null,
      address: origin.address,
      createdAt: from.createdAt ?? now,
      lastUsedAt: now,
      revokedAt: null,
    };
    await this.endings.transaction(async ({ tx }) => {
      await this.store.insert(tx, session);
      const details = { mode: session.mode, device: session.device, cookie: cookieSecret !== null };
      const action = from.createdAt ? 'mode_changed' : 'login';
      await this.audit.change(tx, actorOfSession(session, origin), { action, target: session.id, details });
    });
    const rights = await this.rightsOf(session, from.keyId ? 'INVALID_API_KEY' : 'INVALID_CREDENTIALS');
    return { session, refreshN: currentN, cookieSecret, rights };
  }

  /** With the rights of the key, in its mode: another one is a mistake. Throws what the key is refused with. */
  async beginByKey(
    key: string,
    { mode, cookie }: { mode?: Mode; cookie?: boolean },
    origin: Origin,
  ): Promise<OpenSession> {
    const who = await this.principals.ofKey(key);
    checkNow(who, origin.address);
    const { user_id: userId, key_id: keyId, mode: keyMode } = who.principal;
    if (mode && mode !== keyMode) {
      throw invalidFields([{ path: 'mode', problem: `must be ${keyMode}, the key's mode` }]);
    }
    return this.begin(userId, { mode: keyMode, keyId, cookie }, origin);
  }

  /** A session in the given mode beside this one, or, where one cookie takes the place of another, instead of it. */
  async changeMode({ principal }: Authenticated, mode: Mode, cookie: boolean, origin: Origin): Promise<OpenSession> {
    const present = await this.store.find(principal, principal.session_id!);
    if (!present) throw sessionEnded();
    const { userId, createdAt } = present;
    const opened = await this.begin(userId, { mode, cookie, createdAt }, origin);
    if (cookie && present.cookieHash !== null) {
      const why = { reason: 'mode_changed' as const, by: actorOfSession(present, origin) };
      await this.endings.end(userId, present.id, why);
    }
    return opened;
  }

  /** One row, one transaction: two tabs, a lost answer or a kept first token never fork or end a session. */
  async refresh(token: string, origin: Origin, call: Call): Promise<OpenSession> {
    const presented = this.refreshTokens.parse(token);
    const known = presented && (await this.store.findByFamily(presented.family));
    if (!known) throw new AppError('INVALID_REFRESH_TOKEN');
    // Before the row moves: from an address that the key does not allow, a stolen token changes nothing.
    const rights = await this.rightsOf(known, 'INVALID_REFRESH_TOKEN');
    checkNow(rights, origin.address);
    const { session, decision } = await this.present(presented, origin);
    if (decision.kind === 'reuse') this.logReuse(session, call);
    if (decision.kind !== 'advance' && decision.kind !== 'reissue') throw new AppError('INVALID_REFRESH_TOKEN');
    return { session, refreshN: decision.answerN, cookieSecret: null, rights };
  }

  private present({ family, n }: { family: string; n: number }, origin: Origin) {
    return this.endings.transaction(async (settling) => {
      const { tx } = settling;
      const found = await this.store.findByFamilyForUpdate(tx, family);
      if (!found || found.session.revokedAt || found.session.cookieHash) throw new AppError('INVALID_REFRESH_TOKEN');
      const { session, now } = found;
      const decision = presentRefreshToken(rotationOf(session), n, now.getTime());
      if (decision.kind === 'advance' || decision.kind === 'reissue') {
        const { currentN, presentedAt } = decision.row;
        await this.store.update(tx, session.id, { currentN, presentedAt: dateOf(presentedAt), lastUsedAt: now });
      }
      if (decision.kind === 'reuse') {
        const why = { reason: 'reuse_detected' as const, by: actorOfSession(session, origin) };
        await this.endings.endIn(settling, session.userId, session.id, why);
      }
      return { session, decision };
    });
  }

  private logReuse({ id, userId }: Session, call: Call): void {
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

const actorOfSession = ({ id, userId, keyId }: Session, { address, requestId }: Origin): Actor => ({
  ...{ userId, keyId, sessionId: id },
  ...{ address, requestId },
});

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms));

const rotationOf = (session: Session) => ({
  currentN: session.currentN,
  presentedAt: session.presentedAt?.getTime() ?? null,
  createdAt: session.createdAt.getTime(),
  lastUsedAt: session.lastUsedAt.getTime(),
});
