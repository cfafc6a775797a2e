import { AppError } from '@musicgen/error-codes';
import { userDeleted, type Principal } from '@musicgen/platform-contracts';
import { Outbox, UserDeletions } from '@musicgen/service-kit';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../revocations/revocations.service';
import { LoginsService } from '../users/logins.service';
import { UsersService } from '../users/users.service';
import { UsersStore } from '../users/users.store';
import { AccountStore } from './account.store';

/** Deletes accounts: what is here at once, what other services have when they hear of it. */
@Injectable()
export class AccountDeletionService implements OnApplicationBootstrap {
  constructor(
    private readonly store: AccountStore,
    private readonly users: UsersService,
    private readonly userRows: UsersStore,
    private readonly logins: LoginsService,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly revocations: Revocations,
    private readonly deletions: UserDeletions,
  ) {}

  /** Requests that were under way may have left something behind (a count, a session): it is looked for again. */
  onApplicationBootstrap(): void {
    this.deletions.start((userId) => this.store.erase(userId));
  }

  /** Whoever has the session must know the password too. Throws CONFLICT for the last administrator. */
  async delete({ user_id: userId }: Principal, password: string, by: Actor): Promise<void> {
    const { email } = await this.users.get(userId);
    await this.logins.byPassword(email, password, by.address);
    await this.outbox.transaction(async (tx, emit) => {
      const user = await this.userRows.findForUpdate(tx, userId);
      // Another request of his was faster.
      if (!user) return;
      if (user.role === 'admin' && !(await this.userRows.hasOtherAdmin(tx, userId))) {
        throw new AppError('CONFLICT', { details: 'The last administrator cannot delete himself' });
      }
      await this.store.erase(userId, tx);
      await emit(userDeleted, { user_id: userId });
      await this.audit.change(tx, by, { action: 'user_deleted', target: userId });
      await this.revocations.announce(tx, { users: [userId] });
    });
  }
}
