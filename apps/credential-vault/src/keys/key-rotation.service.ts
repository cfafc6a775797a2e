import { AppError } from '@musicgen/error-codes';
import type { KeyReport, Principal } from '@musicgen/platform-contracts';
import { KeyRing, LOGGER, newId, Pump, requireAdmin, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../clock';
import { Envelope } from '../credentials/envelope';
import type { KeyRotation, RotationFailure } from './key-rotation.entity';
import { KeysStore, type WrappedKey } from './keys.store';

const pollEveryMs = 1_000;
const batch = 500;
const failuresKept = 100;

/**
 * Wraps every data key anew, under the newest key of the ring, while the vault works: each read opens what it finds, old or
 * new. Batches are transactions; who is killed in one leaves it as it was, and another replica goes on behind the last.
 */
@Injectable()
export class KeyRotationService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(
    () => this.advance(),
    pollEveryMs,
    (err) => this.logger.warn({ err }, 'key rotation waits'),
  );

  constructor(
    private readonly store: KeysStore,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.pump.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.pump.stop();
  }

  async report(principal: Principal): Promise<KeyReport> {
    requireAdmin(principal);
    const [census, rotation] = [await this.store.census(), await this.store.latestRotation()];
    const { newest } = this.ring;
    const rows = census.map(({ version, fingerprint, dataKeys, passing }) => ({
      version,
      fingerprint,
      data_keys: dataKeys,
      passing,
    }));
    const unused = this.ring.versions.filter((version) => !census.some((row) => row.version === version));
    return {
      newest: { version: newest, fingerprint: this.ring.fingerprint(newest) },
      census: [
        ...rows,
        ...unused.map((version) => ({
          version,
          fingerprint: this.ring.fingerprint(version),
          data_keys: 0,
          passing: 0,
        })),
      ].map((row) => ({ ...row, removable: row.version !== newest && row.data_keys + row.passing === 0 })),
      rotation: rotation && view(rotation),
    };
  }

  /** Starts one; if one is running, that. */
  async start(principal: Principal): Promise<KeyReport> {
    requireAdmin(principal);
    const rotation: KeyRotation = {
      id: newId('job'),
      state: 'running',
      targetVersion: this.ring.newest,
      total: await this.store.countWrapped(this.ring.keyId()),
      done: 0,
      failures: [],
      failedCount: 0,
      cursor: '',
      startedBy: principal.user_id,
      startedAt: this.clock.now(),
      finishedAt: null,
    };
    if (await this.store.startRotation(rotation)) this.logger.info({ rotation: view(rotation) }, 'key rotation starts');
    this.pump.wake();
    return this.report(principal);
  }

  private async advance(): Promise<boolean> {
    if (!this.store.isUp) return false;
    return this.store.advance(async (tx, rotation) => {
      // A replica that was started with an older ring cannot do it.
      if (rotation.targetVersion !== this.ring.newest) return false;
      const keys = await this.store.nextWrapped(tx, rotation.cursor, this.ring.keyId(), batch);
      const wrapped = keys.map((key) => this.rewrap(key));
      const failures = wrapped.filter((one): one is RotationFailure => 'problem' in one);
      const made = wrapped.filter((one) => 'dataKey' in one);
      if (made.length > 0) await this.store.setDataKeys(tx, made);
      rotation.done += made.length;
      rotation.failedCount += failures.length;
      rotation.failures = [...rotation.failures, ...failures].slice(0, failuresKept);
      rotation.cursor = keys.at(-1)?.id ?? rotation.cursor;
      if (keys.length < batch) this.endPass(rotation, await this.store.countWrapped(this.ring.keyId(), tx));
      await this.store.saveRotation(tx, rotation);
      return rotation.state === 'running';
    });
  }

  private rewrap({ dataKey, ...binding }: WrappedKey): { id: string; dataKey: Buffer } | RotationFailure {
    try {
      return { id: binding.id, dataKey: Envelope.rewrap(this.ring, binding, dataKey) };
    } catch (error) {
      const cause = error instanceof AppError ? (error.cause as Error) : (error as Error);
      return { credential_id: binding.id, problem: cause.message };
    }
  }

  /** A replica with an older ring may have stored credentials behind the cursor: then there is another pass. */
  private endPass(rotation: KeyRotation, left: number): void {
    if (left > rotation.failedCount) {
      Object.assign(rotation, { cursor: '', failures: [], failedCount: 0, total: rotation.done + left });
      return;
    }
    rotation.state = 'done';
    rotation.finishedAt = this.clock.now();
    this.logger.info({ rotation: view(rotation) }, 'key rotation is done');
  }
}

const view = (rotation: KeyRotation) => ({
  id: rotation.id,
  state: rotation.state,
  target_version: rotation.targetVersion,
  total: rotation.total,
  done: rotation.done,
  failed: rotation.failedCount,
  failures: rotation.failures,
  started_at: rotation.startedAt.toISOString(),
  finished_at: rotation.finishedAt?.toISOString() ?? null,
});
