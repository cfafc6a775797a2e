import { Injectable } from '@nestjs/common';
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
  ) {}

  /** Whoever has the session must know the password too. All other sessions end, and links for a new password. */
  async change(
    { userId, sessionId, address }: { userId: string; sessionId: string; address: string },
    current: string,
    password: string,
  ): Promise<void> {
    const { email } = await this.users.get(userId);
    await this.logins.byPassword(email, current, address);
    const passwordHash = await this.users.hash(password, email);
    await this.endings.transaction(async (settling) => {
      await this.users.setPassword(settling.tx, userId, passwordHash);
      await this.tokens.removeFor(settling.tx, userId, 'reset_password');
      await this.mails.queue('password_changed', email, settling.tx);
      await this.endings.endAllIn(settling, userId, sessionId);
    });
    this.mails.wake();
  }
}
