import { AppError } from '@musicgen/error-codes';
import { Injectable } from '@nestjs/common';
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
  ) {}

  /** A link that proves the address is on its way when the user is there. Throws CONFLICT and ACCOUNT_LOCKED. */
  async register(user: NewUser, address: string): Promise<User> {
    const register = () => this.users.register(user, (tx) => this.mails.queue('verify_email', user.email, tx));
    const registered = await this.lockouts.guard('register', user.email, address, register, hasCode('CONFLICT'));
    this.mails.wake();
    return registered;
  }

  /** A wrong password and an unknown address cost the same and say the same. Throws INVALID_CREDENTIALS and ACCOUNT_LOCKED. */
  byPassword(email: string, password: string, address: string): Promise<User> {
    const authenticate = () => this.users.authenticate(email, password);
    return this.lockouts.guard('login', email, address, authenticate, hasCode('INVALID_CREDENTIALS'));
  }
}

const hasCode = (code: AppError['code']) => (error: unknown) => error instanceof AppError && error.code === code;
