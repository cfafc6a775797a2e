import { AppError } from '@musicgen/error-codes';
import { Outbox } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { MailsService } from '../mail/mails.service';
import { SessionsService } from '../sessions/sessions.service';
import { LockoutsService } from './lockouts.service';
import { LoginsService } from './logins.service';
import { hashOneTimeToken, type OneTimePurpose } from './one-time-token';
import { OneTimeTokensStore } from './one-time-tokens.store';
import { UsersService } from './users.service';
import { UsersStore, type Transaction } from './users.store';

/** New passwords, and what links from e-mail prove. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly users: UsersService,
    private readonly store: UsersStore,
    private readonly logins: LoginsService,
    private readonly lockouts: LockoutsService,
    private readonly tokens: OneTimeTokensStore,
    private readonly sessions: SessionsService,
    private readonly mails: MailsService,
    private readonly outbox: Outbox,
  ) {}

  /** Whoever has the session must know the password too. All other sessions end. */
  async change(
    { userId, sessionId, address }: { userId: string; sessionId: string; address: string },
    current: string,
    password: string,
  ): Promise<void> {
    const { email } = await this.users.get(userId);
    await this.logins.byPassword(email, current, address);
    const passwordHash = await this.users.hash(password, email);
    await this.outbox.transaction(async (tx, emit) => {
      await this.store.update(userId, { passwordHash }, tx);
      await this.tokens.removeFor(tx, userId, 'reset_password');
      await this.mails.queue(tx, 'password_changed', email);
      await this.sessions.endAll({ tx, emit }, userId, sessionId);
    });
    this.mails.wake();
  }

  /** Takes the same time for every address: whether somebody has it is asked only when the e-mail is written. */
  async sendLink(kind: OneTimePurpose, email: string): Promise<void> {
    await this.store.transaction((tx) => this.mails.queue(tx, kind, email));
    this.mails.wake();
  }

  /** By a link from e-mail. Every session ends, and the address is proved. */
  async reset(token: string, password: string, address: string): Promise<void> {
    const hash = this.readable(token);
    const userId = await this.tokens.findUser(hash, 'reset_password');
    if (!userId) throw unusable();
    const { email } = await this.users.get(userId);
    // Before the link is used up: a password that is refused does not cost it.
    const passwordHash = await this.users.hash(password, email);
    await this.outbox.transaction(async (tx, emit) => {
      await this.take(tx, hash, 'reset_password');
      await this.store.update(userId, { passwordHash, emailVerifiedAt: new Date() }, tx);
      await this.mails.queue(tx, 'password_changed', email);
      await this.sessions.endAll({ tx, emit }, userId);
    });
    await this.lockouts.forget(email, address);
    this.mails.wake();
  }

  async verifyEmail(token: string): Promise<void> {
    const hash = this.readable(token);
    await this.store.transaction(async (tx) => {
      const userId = await this.take(tx, hash, 'verify_email');
      await this.store.update(userId, { emailVerifiedAt: new Date() }, tx);
    });
  }

  private readable(token: string): string {
    const hash = hashOneTimeToken(token);
    if (!hash) throw unusable();
    return hash;
  }

  private async take(tx: Transaction, hash: string, purpose: OneTimePurpose): Promise<string> {
    const userId = await this.tokens.take(tx, hash, purpose);
    if (!userId) throw unusable();
    return userId;
  }
}

/** Says the same of a link that never was, was used, or is too old. */
function unusable(): AppError {
  const problem = 'must be from a link that is not used yet and not older than 30 minutes';
  return new AppError('VALIDATION_FAILED', {
    details: `token: ${problem}`,
    data: { fields: [{ path: 'token', problem }] },
  });
}
