import { credentialNeedsReauthorization, credentialReauthDue } from '@musicgen/platform-contracts';
import { asAppError, DatabaseLink, LOGGER, Outbox, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../clock';
import { CredentialChanges } from '../credentials/credential-changes';
import type { Grant } from './grant.entity';
import { DueGrantsStore, type About } from './due-grants.store';
import { GrantsStore } from './grants.store';
import { RefreshBreakersStore } from './refresh-breakers.store';
import { RefreshService } from './refresh.service';

/** So many renewals of one replica go on at the same time. */
const batchSize = 10;
const afterOurFailureMs = 5 * 60_000;

/** What happens without anybody asking: renewals ahead and again, trials, notices, ends. Any replica, each thing once. */
@Injectable()
export class RefreshWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly renewals = new Pump(() => this.guarded(() => this.renewDue()), 2_000);
  private readonly rounds = new Pump(() => this.guarded(() => this.makeRound()), 30_000);

  constructor(
    private readonly due: DueGrantsStore,
    private readonly store: GrantsStore,
    private readonly breakers: RefreshBreakersStore,
    private readonly refreshes: RefreshService,
    private readonly outbox: Outbox,
    private readonly changes: CredentialChanges,
    private readonly database: DatabaseLink,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.renewals.start();
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.renewals.stop(), this.rounds.stop()]);
  }

  /** One batch; true when there may be more. */
  async renewDue(): Promise<boolean> {
    const now = this.clock.now();
    const trials = await this.trials(now);
    const grants = await this.due.claim(this.refreshes.owner, now, batchSize);
    await Promise.all([
      ...trials.map((grant) => this.renew(grant, { isTrial: true })),
      ...grants.map((grant) => this.renew(grant, { isAhead: true })),
    ]);
    return grants.length === batchSize;
  }

  /** Notices and ends; true when there may be more. */
  async makeRound(): Promise<boolean> {
    const now = this.clock.now();
    await this.due.forgetRetired(now);
    const told = await this.outbox.transaction(async (tx, emit) => {
      const notices = await this.due.claimNotices(tx, now);
      for (const { about, days, dueAt } of notices) {
        await emit(credentialReauthDue, { ...wire(about), days, due_at: dueAt.toISOString() });
      }
      return notices.length;
    });
    const ended = await this.outbox.transaction(async (tx, emit) => {
      const ends = await this.due.claimEnded(tx, now);
      for (const about of ends)
        await emit(credentialNeedsReauthorization, { ...wire(about), reason: 'reauth_required' });
      return ends;
    });
    for (const { credentialId: id, ...owned } of ended) this.changes.tell({ id, ...owned });
    return told + ended.length > 0;
  }

  /** While a platform is asked sparingly: the grant that was tried longest ago. */
  private async trials(now: Date): Promise<Grant[]> {
    const places = await this.breakers.claimTrials(now);
    const grants = await Promise.all(places.map((place) => this.due.claimTrial(this.refreshes.owner, place)));
    return grants.filter((grant) => grant !== null);
  }

  private async renew(grant: Grant, wish: { isTrial?: boolean; isAhead?: boolean }): Promise<void> {
    const credential = await this.store.credential(grant);
    if (!credential) return;
    try {
      await this.refreshes.renewHeld(credential, grant, wish);
    } catch (error) {
      this.logger.error({ err: error, credential_id: credential.id }, 'a token could not be renewed');
      await this.store.postpone(grant, new Date(this.clock.now().getTime() + afterOurFailureMs));
    }
  }

  private async guarded(work: () => Promise<boolean>): Promise<boolean> {
    if (!this.database.dataSource.isInitialized) return false;
    try {
      return await work();
    } catch (error) {
      const { code } = asAppError(error);
      this.logger.warn({ ...(code === 'SERVICE_UNAVAILABLE' ? {} : { err: error }) }, 'renewals wait');
      return false;
    }
  }
}

const wire = ({ credentialId, userId, mode, platform }: About) => ({
  credential_id: credentialId,
  user_id: userId,
  mode,
  platform,
});
