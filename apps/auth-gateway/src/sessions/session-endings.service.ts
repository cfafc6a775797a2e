import { AppError } from '@musicgen/error-codes';
import { sessionRevoked, type Principal } from '@musicgen/platform-contracts';
import { Outbox, type Settling } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../revocations/revocations.service';
import { SessionsStore, type EndedSession } from './sessions.store';

/** So many are named in the record. */
const namedMax = 100;

/** Why sessions end, and who ends them. */
export interface Ending {
  reason: 'logout' | 'ended' | 'mode_changed' | 'new_password' | 'reuse_detected' | 'locked';
  by: Actor;
}

/** Ends sessions: by logout, from the list, by a new password, because an old refresh token came back or the user is locked. */
@Injectable()
export class SessionEndingsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly outbox: Outbox,
    private readonly revocations: Revocations,
    private readonly audit: Audit,
  ) {}

  /** A transaction whose last step may end sessions. */
  transaction<T>(work: (settling: Settling) => Promise<T>): Promise<T> {
    return this.outbox.transaction((tx, emit) => work({ tx, emit }));
  }

  /** Ending twice is no error; a session that is not the caller's is not found. */
  async endOne(principal: Principal, id: string, by: Actor): Promise<void> {
    if (!(await this.store.find(principal, id))) throw new AppError('NOT_FOUND');
    await this.end(principal.user_id, id, { reason: 'ended', by });
  }

  async end(userId: string, id: string, why: Ending): Promise<void> {
    await this.transaction((settling) => this.endIn(settling, userId, id, why));
  }

  async endIn(settling: Settling, userId: string, id: string, why: Ending): Promise<void> {
    const ended = await this.store.revoke(settling.tx, userId, id);
    if (ended) await this.announce(settling, userId, [ended], why);
  }

  async endAllIn(settling: Settling, userId: string, why: Ending, but?: string): Promise<void> {
    await this.announce(settling, userId, await this.store.revokeAll(settling.tx, userId, but), why);
  }

  private async announce({ tx, emit }: Settling, userId: string, ended: EndedSession[], why: Ending): Promise<void> {
    if (ended.length === 0) return;
    for (const { id, mode } of ended) await emit(sessionRevoked, { session_id: id, user_id: userId, mode });
    const sessions = ended.map(({ id }) => id);
    const details = { reason: why.reason, sessions: sessions.slice(0, namedMax) };
    await this.audit.change(tx, why.by, { action: 'session_ended', target: sessions[0], users: [userId], details });
    await this.revocations.announce(tx, { sessions });
  }
}
