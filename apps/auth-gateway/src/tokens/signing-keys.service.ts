import { AppError } from '@musicgen/error-codes';
import { CONFIG, Health, KeyRing, LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { importJWK, type JWK } from 'jose';
import { createPrivateKey } from 'node:crypto';
import type { Config } from '../config';
import { hs256Keys, type AccessTokenKeys } from './access-token';
import { SigningKeyRow } from './signing-key.entity';
import { buildJwks, generateSigningKey, planSigningKeys, stepSigningKey, type SigningKey } from './signing-key';
import { SigningKeysStore } from './signing-keys.store';

/** Another replica's new key signs ten minutes after it is published: it is known here long before. */
const reloadEveryMs = 30_000;
const retryEveryMs = 500;

/** The keys of access tokens, held in memory: made on first start, stepped on by age. */
@Injectable()
export class SigningKeysService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private keys?: AccessTokenKeys;
  private rows: SigningKey[] = [];
  private readonly reload = new Pump(() => this.update(), reloadEveryMs);
  private retry?: NodeJS.Timeout;
  private told = '';

  constructor(
    private readonly store: SigningKeysStore,
    private readonly ring: KeyRing,
    @Inject(CONFIG) config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly health: Health,
  ) {
    if (config.jwtAlgorithm === 'HS256') this.keys = hs256Keys(config.jwtSecret ?? '');
  }

  onApplicationBootstrap(): void {
    this.health.add('signing_keys', () => this.keys !== undefined);
    if (!this.keys) void this.store.connected().then(() => this.reload.start());
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.retry);
    await this.reload.stop();
  }

  current(): AccessTokenKeys {
    if (!this.keys) throw new AppError('SERVICE_UNAVAILABLE', { details: 'No signing key yet', retryAfterSeconds: 1 });
    return this.keys;
  }

  jwks(): { keys: JWK[] } {
    return buildJwks(this.rows, Date.now());
  }

  private async update(): Promise<boolean> {
    try {
      await this.step();
      await this.load(await this.store.list());
      this.told = '';
    } catch (error) {
      this.tell(error);
      if (!this.keys) this.retry = setTimeout(() => this.reload.wake(), retryEveryMs);
    }
    return false;
  }

  /** Once per problem: a database that is away is asked every half second, a wrong key ring never opens. */
  private tell(error: unknown): void {
    const { message } = error as Error;
    if (message !== this.told) this.logger.warn({ err: error }, 'signing keys cannot be read; trying again');
    this.told = message;
  }

  /** Does what is due: the first key, a standby, a rotation by age, the removal of what nobody needs. */
  private step(): Promise<void> {
    return this.store.change(async (tx) => {
      for (;;) {
        const rows = await this.store.listIn(tx);
        const steps = planSigningKeys(rows.map(asKey), Date.now());
        for (const step of steps) {
          if (step.kind === 'create') await this.store.save(tx, await this.newRow());
          else if (step.kind === 'remove') await this.store.remove(tx, step.kid);
          else {
            const row = rows.find(({ kid }) => kid === step.kid)!;
            await this.store.save(tx, stepped(row, step.kind));
          }
        }
        if (steps.length === 0) return;
      }
    });
  }

  private async newRow(): Promise<SigningKeyRow> {
    const { kid, publicJwk, privateKey } = await generateSigningKey();
    return {
      kid,
      publicJwk,
      privateKey: this.ring.seal(privateKey, ['signing_key', kid]),
      state: 'standby',
      createdAt: new Date(),
      activatedAt: null,
      retiredAt: null,
    };
  }

  private async load(rows: SigningKeyRow[]): Promise<void> {
    const verifying = await Promise.all(
      rows.map(async ({ kid, publicJwk }) => [kid, await importJWK(publicJwk, 'ES256')] as const),
    );
    const active = rows.find(({ state }) => state === 'active')!;
    const der = this.ring.open(active.privateKey!, ['signing_key', active.kid]);
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.rows = rows.map(asKey);
    this.keys = { signing: { kid: active.kid, key }, verifying: new Map(verifying) };
  }
}

const asKey = (row: SigningKeyRow): SigningKey => ({
  kid: row.kid,
  state: row.state,
  publicJwk: row.publicJwk,
  createdAt: row.createdAt.getTime(),
  activatedAt: row.activatedAt?.getTime() ?? null,
  retiredAt: row.retiredAt?.getTime() ?? null,
});

function stepped(row: SigningKeyRow, kind: 'activate' | 'retire'): SigningKeyRow {
  const { state, activatedAt, retiredAt } = stepSigningKey(asKey(row), kind, Date.now());
  return {
    ...row,
    state,
    privateKey: kind === 'retire' ? null : row.privateKey,
    activatedAt: activatedAt === null ? null : new Date(activatedAt),
    retiredAt: retiredAt === null ? null : new Date(retiredAt),
  };
}
