import { AppError } from '@musicgen/error-codes';
import type { AdminUser, UserChange } from '@musicgen/platform-contracts';
import { pageRows } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../revocations/revocations.service';
import { SessionEndingsService } from '../sessions/session-endings.service';
import type { User } from '../users/user.entity';
import { UsersStore, type UserPage } from '../users/users.store';

type Rights = Pick<User, 'tier' | 'role' | 'isLocked'>;

/** All users, for administrators. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly store: UsersStore,
    private readonly endings: SessionEndingsService,
    private readonly revocations: Revocations,
    private readonly audit: Audit,
  ) {}

  async list(page: UserPage) {
    return pageRows(await this.store.list(page), page.limit, view);
  }

  /** Effective everywhere within a second. Throws CONFLICT where no administrator would remain who can log in. */
  change(id: string, change: UserChange, by: Actor): Promise<AdminUser> {
    return this.endings.transaction(async (settling) => {
      const { tx } = settling;
      const user = await this.store.findForUpdate(tx, id);
      if (!user) throw new AppError('NOT_FOUND');
      const rights = changed(user, change);
      const details = differences(user, rights);
      if (Object.keys(details).length === 0) return view(user);
      if (isAdmin(user) && !isAdmin(rights) && !(await this.store.hasOtherAdmin(tx, id))) {
        throw new AppError('CONFLICT', { details: 'The last administrator cannot lose the role or be locked' });
      }
      await this.store.update(id, rights, tx);
      await this.audit.change(tx, by, { action: 'user_changed', target: id, users: [id], details });
      if (rights.isLocked) await this.endings.endAllIn(settling, id, { reason: 'locked', by });
      await this.revocations.announce(tx, { users: [id] });
      return view({ ...user, ...rights });
    });
  }
}

const isAdmin = ({ role, isLocked }: Rights) => role === 'admin' && !isLocked;

const changed = ({ tier, role, isLocked }: User, change: UserChange): Rights => ({
  tier: change.tier ?? tier,
  role: change.role ?? role,
  isLocked: change.locked ?? isLocked,
});

const differences = (before: Rights, after: Rights) =>
  Object.fromEntries(
    (['tier', 'role', 'isLocked'] as const)
      .filter((name) => before[name] !== after[name])
      .map((name) => [name === 'isLocked' ? 'locked' : name, { from: before[name], to: after[name] }]),
  );

const view = (user: User): AdminUser => ({
  id: user.id,
  email: user.email,
  name: user.name,
  tier: user.tier,
  role: user.role,
  locked: user.isLocked,
  email_verified_at: user.emailVerifiedAt?.toISOString() ?? null,
  created_at: user.createdAt.toISOString(),
});
