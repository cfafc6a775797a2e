import { AppError } from '@musicgen/error-codes';
import { sessionRevoked, type Principal } from '@musicgen/platform-contracts';
import { Outbox, type Settling } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Revocations } from '../revocations/revocations.service';
import { SessionsStore, type EndedSession } from './sessions.store';

/** Ends sessions: by logout, from the list, by a new password, or because an old refresh token came back. */
@Injectable()
export class SessionEndingsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly outbox: Outbox,
    private readonly revocations: Revocations,
  ) {}

  /** A transaction whose last step may end sessions. */
  transaction<T>(work: (settling: Settling) => Promise<T>): Promise<T> {
    return this.outbox.transaction((tx, emit) => work({ tx, emit }));
  }

  /** Ending twice is no error; a session that is not the caller's is not found. */
  async endOne(principal: Principal, id: string): Promise<void> {
    if (!(await this.store.find(principal, id))) throw new AppError('NOT_FOUND');
    await this.end(principal.user_id, id);
  }

  async end(userId: string, id: string): Promise<void> {
    await this.transaction((settling) => this.endIn(settling, userId, id));
  }

  async endIn(settling: Settling, userId: string, id: string): Promise<void> {
    const ended = await this.store.revoke(settling.tx, userId, id);
    if (ended) await this.announce(settling, userId, [ended]);
  }

  async endAllIn(settling: Settling, userId: string, but?: string): Promise<void> {
    await this.announce(settling, userId, await this.store.revokeAll(settling.tx, userId, but));
  }

  private async announce({ tx, emit }: Settling, userId: string, ended: EndedSession[]): Promise<void> {
    for (const { id, mode } of ended) await emit(sessionRevoked, { session_id: id, user_id: userId, mode });
    await this.revocations.announce(tx, { sessions: ended.map(({ id }) => id) });
  }
}
