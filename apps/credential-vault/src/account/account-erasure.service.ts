import { AppError } from '@musicgen/error-codes';
import { modes, type Mode, type Principal } from '@musicgen/platform-contracts';
import { newCall, UserDeletions } from '@musicgen/service-kit';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CredentialsService } from '../credentials/credentials.service';
import { CredentialsStore } from '../credentials/credentials.store';
import { AccountStore } from './account.store';

const atOnce = 100;

/** A deleted user's credentials go as if he deleted them one by one: data keys destroyed, grants ended at their platforms. */
@Injectable()
export class AccountErasure implements OnApplicationBootstrap {
  constructor(
    private readonly deletions: UserDeletions,
    private readonly credentials: CredentialsService,
    private readonly rows: CredentialsStore,
    private readonly store: AccountStore,
  ) {}

  onApplicationBootstrap(): void {
    this.deletions.start((userId) => this.erase(userId));
  }

  async erase(userId: string): Promise<void> {
    for (const mode of modes) {
      const owner = gone(userId, mode);
      const call = { ...newCall(), principal: owner };
      for (;;) {
        const found = await this.rows.list(owner, { limit: atOnce });
        if (found.length === 0) break;
        for (const { id } of found) await this.credentials.delete(call, id).catch(unlessGone);
      }
    }
    await this.store.erase(userId);
  }
}

/** What he asked for is still done in his name; he has no rights any more. */
const gone = (userId: string, mode: Mode): Principal => ({
  ...{ user_id: userId, mode, method: 'password', tier: 'free', role: 'user', permissions: [], origin: 'job' },
});

function unlessGone(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
}
