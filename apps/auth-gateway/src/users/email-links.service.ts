import { AppError, invalidFields } from '@musicgen/error-codes';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { MailsService } from '../mail/mails.service';
import { SessionEndingsService } from '../sessions/session-endings.service';
import { hashOpaqueSecret, isOpaqueSecret } from '../tokens/opaque-secret';
import { LockoutsService } from './lockouts.service';
import type { OneTimePurpose } from './one-time-token';
import { OneTimeTokensStore } from './one-time-tokens.store';
import { UsersService } from './users.service';
import type { Transaction } from './users.store';

/** What whoever reads a user's e-mail may do: choose a new password, prove the address. */
@Injectable()
export class EmailLinksService {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensStore,
    private readonly lockouts: LockoutsService,
    private readonly endings: SessionEndingsService,
    private readonly mails: MailsService,
    private readonly audit: Audit,
  ) {}

  /** Takes the same time for every address: whether somebody has it is asked only when the e-mail is written. */
  async send(kind: OneTimePurpose, email: string): Promise<void> {
    await this.mails.queue(kind, email);
    this.mails.wake();
  }

  /** Every session ends, and the address is proved. */
  async resetPassword(token: string, password: string, stranger: Actor): Promise<void> {
    const hash = hashOf(token);
    const userId = await this.tokens.findUser(hash, 'reset_password');
    if (!userId) throw unusable();
    const { email } = await this.users.get(userId);
    // Before the link is used up: a password that is refused does not cost it.
    const passwordHash = await this.users.hash(password, email);
    const by = { ...stranger, userId };
    await this.endings.transaction(async (settling) => {
      await this.take(settling.tx, hash, 'reset_password');
      await this.users.setPassword(settling.tx, userId, passwordHash);
      await this.users.setVerified(settling.tx, userId);
      await this.mails.queue('password_changed', email, settling.tx);
      await this.audit.change(settling.tx, by, { action: 'password_reset', target: userId });
      await this.endings.endAllIn(settling, userId, { reason: 'new_password', by });
    });
    await this.lockouts.forget(email, by.address);
    this.mails.wake();
  }

  async verify(token: string): Promise<void> {
    const hash = hashOf(token);
    await this.endings.transaction(async ({ tx }) => {
      await this.users.setVerified(tx, await this.take(tx, hash, 'verify_email'));
    });
  }

  private async take(tx: Transaction, hash: string, purpose: OneTimePurpose): Promise<string> {
    const userId = await this.tokens.take(tx, hash, purpose);
    if (!userId) throw unusable();
    return userId;
  }
}

function hashOf(token: string): string {
  if (!isOpaqueSecret(token)) throw unusable();
  return hashOpaqueSecret(token);
}

/** Says the same of a link that never was, was used, or is too old. */
function unusable(): AppError {
  const problem = 'must be from a link that is not used yet and not older than 30 minutes';
  return invalidFields([{ path: 'token', problem }]);
}
