import { AppError } from '@musicgen/error-codes';
import { newId } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { PasswordHasher, PasswordQueueFullError } from './password';
import { passwordProblems } from './password-rules';
import type { User } from './user.entity';
import { UsersStore, type Transaction } from './users.store';

export interface NewUser {
  email: string;
  password: string;
  name?: string | null;
  tier?: User['tier'];
  role?: User['role'];
}

/** People and their passwords. */
@Injectable()
export class UsersService {
  constructor(
    private readonly store: UsersStore,
    private readonly passwords: PasswordHasher,
  ) {}

  /** `alongside` is part of the same transaction. Throws CONFLICT. */
  async register(
    { email, password, name = null, tier = 'free', role = 'user' }: NewUser,
    alongside?: (tx: Transaction, user: User) => Promise<void>,
  ): Promise<User> {
    const user: User = {
      id: newId('user'),
      email,
      emailVerifiedAt: null,
      name,
      passwordHash: await this.hash(password, email),
      tier,
      role,
      isLocked: false,
      createdAt: new Date(),
    };
    await this.store.transaction(async (tx) => {
      if (!(await this.store.insert(tx, user))) {
        throw new AppError('CONFLICT', { details: 'There is a user with this e-mail address' });
      }
      await alongside?.(tx, user);
    });
    return user;
  }

  /** A wrong password and an unknown address cost the same and say the same. */
  async authenticate(email: string, password: string): Promise<User> {
    const user = await this.store.findByEmail(email);
    const isRight = await busyAware(() => this.passwords.verify(user?.passwordHash ?? null, password));
    if (!user || !isRight || user.isLocked) throw new AppError('INVALID_CREDENTIALS');
    return user;
  }

  async get(id: string): Promise<User> {
    const user = await this.store.find(id);
    if (!user) throw new AppError('NOT_FOUND');
    return user;
  }

  async setPassword(tx: Transaction, id: string, passwordHash: string): Promise<void> {
    await this.store.update(id, { passwordHash }, tx);
  }

  async setVerified(tx: Transaction, id: string): Promise<void> {
    await this.store.update(id, { emailVerifiedAt: new Date() }, tx);
  }

  async rename(id: string, name: string | null): Promise<void> {
    await this.store.update(id, { name });
  }

  /** For the command line: the user with this address exists afterwards, with this password, tier and role. `announce` tells of a change. */
  async ensure(wanted: NewUser, announce: (tx: Transaction, userId: string) => Promise<void>): Promise<User> {
    const user = await this.store.findByEmail(wanted.email);
    if (!user) return this.register(wanted);
    const passwordHash = await this.hash(wanted.password, wanted.email);
    const changes = { passwordHash, tier: wanted.tier, role: wanted.role, isLocked: false };
    await this.store.transaction(async (tx) => {
      await this.store.update(user.id, changes, tx);
      await announce(tx, user.id);
    });
    return this.get(user.id);
  }

  /** Throws VALIDATION_FAILED for a password that the rules refuse. */
  async hash(password: string, email: string): Promise<string> {
    const problems = await passwordProblems(password, email);
    if (problems.length > 0) {
      const fields = problems.map((problem) => ({ path: 'password', problem }));
      throw new AppError('VALIDATION_FAILED', { details: `password: ${problems.join('; ')}`, data: { fields } });
    }
    return busyAware(() => this.passwords.hash(password));
  }
}

async function busyAware<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof PasswordQueueFullError)) throw cause;
    throw new AppError('SERVICE_UNAVAILABLE', { details: 'Too many logins at once', retryAfterSeconds: 2, cause });
  }
}
