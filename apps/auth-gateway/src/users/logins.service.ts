import { AppError } from '@musicgen/error-codes';
import type { SecurityAction } from '@musicgen/platform-contracts';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { Refusals } from '../audit/refusals.service';
import { MailsService } from '../mail/mails.service';
import { LockoutsService } from './lockouts.service';
import type { User } from './user.entity';
import { UsersService, type NewUser } from './users.service';

/** The ways in by e-mail address, each of which can be guessed at only so often. */
@Injectable()
export class LoginsService {
  constructor(
    private readonly users: UsersService,
    private readonly lockouts: LockoutsService,
    private readonly mails: MailsService,
    private readonly audit: Audit,
    private readonly refusals: Refusals,
  ) {}

  /** A link that proves the address is on its way when the user is there. Throws CONFLICT and ACCOUNT_LOCKED. */
  async register(user: NewUser, by: Actor): Promise<User> {
    const register = () =>
      this.users.register(user, async (tx, { id, email }) => {
        await this.mails.queue('verify_email', email, tx);
        await this.audit.change(tx, { ...by, userId: id }, { action: 'registered', target: id });
      });
    const registered = await this.lockouts
      .guard('register', user.email, by.address, register, hasCode('CONFLICT'))
      .catch((error) => this.refuse('registered', error, by.address, user.email));
    this.mails.wake();
    return registered;
  }

  /** A wrong password and an unknown address cost the same and say the same. Throws INVALID_CREDENTIALS and ACCOUNT_LOCKED. */
  byPassword(email: string, password: string, address: string): Promise<User> {
    const authenticate = () => this.users.authenticate(email, password);
    return this.lockouts
      .guard('login', email, address, authenticate, hasCode('INVALID_CREDENTIALS'))
      .catch((error) => this.refuse('login', error, address, email));
  }

  private refuse(action: SecurityAction, error: unknown, address: string, email: string): never {
    this.refusals.guess(action, error, address, email);
    throw error;
  }
}

const hasCode = (code: AppError['code']) => (error: unknown) => error instanceof AppError && error.code === code;
