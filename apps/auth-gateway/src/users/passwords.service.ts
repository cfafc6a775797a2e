import type { Principal } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { MailsService } from '../mail/mails.service';
import { SessionEndingsService } from '../sessions/session-endings.service';
import { LoginsService } from './logins.service';
import { OneTimeTokensStore } from './one-time-tokens.store';
import { UsersService } from './users.service';

@Injectable()
export class PasswordsService {
  constructor(
    private readonly users: UsersService,
    private readonly logins: LoginsService,
    private readonly tokens: OneTimeTokensStore,
    private readonly endings: SessionEndingsService,
    private readonly mails: MailsService,
    private readonly audit: Audit,
  ) {}

  /** Whoever has the session must know the password too. All other sessions end, and links for a new password. */
  async change({ user_id: userId, session_id: sessionId }: Principal, current: string, password: string, by: Actor) {
    const { email } = await this.users.get(userId);
    await this.logins.byPassword(email, current, by.address);
    const passwordHash = await this.users.hash(password, email);
    await this.endings.transaction(async (settling) => {
      await this.users.setPassword(settling.tx, userId, passwordHash);
      await this.tokens.removeFor(settling.tx, userId, 'reset_password');
      await this.mails.queue('password_changed', email, settling.tx);
      await this.audit.change(settling.tx, by, { action: 'password_changed', target: userId });
      await this.endings.endAllIn(settling, userId, { reason: 'new_password', by }, sessionId);
    });
    this.mails.wake();
  }
}
