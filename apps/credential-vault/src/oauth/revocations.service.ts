import { AppError } from '@musicgen/error-codes';
import type { Mode } from '@musicgen/platform-contracts';
import { KeyRing, LOGGER, newId, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import type { Tx } from '../credentials/credentials.store';
import { readable } from '../credentials/envelope';
import { Grants } from '../grants/grants';
import type { PlatformClient } from './oauth-client';
import { OAuthClients } from './oauth-clients';
import { isOAuthPlatform, PlatformClients } from './platform-clients';
import { PlatformRefused } from './platform-refused';
import type { Revocation } from './revocation.entity';
import { RevocationsStore } from './revocations.store';

const pollEveryMs = 5_000;
const firstDelayMs = 60_000;
const longestDelayMs = 6 * 3_600_000;
const givenUpAfterMs = 7 * 86_400_000;

interface Sealed {
  client: Pick<PlatformClient, 'id' | 'secret' | 'fields'>;
  token: string;
}

/** Ends grants at their platforms, however long one is away: what the user has deleted here shall not live on there. */
@Injectable()
export class Revocations implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pump = new Pump(
    () => this.revokeOne(),
    pollEveryMs,
    (err) => this.logger.warn({ err }, 'grants wait to be revoked'),
  );

  constructor(
    private readonly store: RevocationsStore,
    private readonly clients: PlatformClients,
    private readonly oauth: OAuthClients,
    private readonly grants: Grants,
    private readonly ring: KeyRing,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.pump.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
  }

  /**
   * In the transaction that drops a credential's tokens, for when they are gone. Never stands in its way: what cannot be read
   * cannot be revoked. Call {@link wake} after the commit.
   */
  async addOf(tx: Tx, credential: Credential): Promise<void> {
    const platform = definitionOf(credential.platform);
    if (!isOAuthPlatform(platform) || !platform.auth.revoke) return;
    try {
      const grant = await this.grants.find(credential);
      const token = grant?.refreshToken ?? grant?.accessToken;
      if (token) await this.add(tx, credential.userId, await this.clients.of(credential), token);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.logger.warn({ err: error, credential_id: credential.id }, 'a grant cannot be revoked');
    }
  }

  private async add(tx: Tx, userId: string, client: PlatformClient, token: string): Promise<void> {
    const { platform, mode, id, secret, fields } = client;
    const now = new Date();
    const row = { id: newId('job'), userId, mode, platform: platform.id };
    const sealed: Sealed = { client: { id, secret, fields }, token };
    await this.store.insert(tx, {
      ...row,
      sealed: this.ring.seal(JSON.stringify(sealed), sealContext(row)),
      attempts: 0,
      notBefore: now,
      createdAt: now,
    });
  }

  wake(): void {
    this.pump.wake();
  }

  private async revokeOne(): Promise<boolean> {
    if (!this.store.isUp) return false;
    const revocation = await this.store.claim(new Date(), (attempts) => new Date(Date.now() + delayMs(attempts)));
    if (!revocation) return false;
    if (await this.isOver(revocation)) await this.store.delete(revocation);
    return true;
  }

  /** Whether there is nothing left to try. */
  private async isOver(revocation: Revocation): Promise<boolean> {
    const platform = definitionOf(revocation.platform);
    if (!isOAuthPlatform(platform)) return true;
    const about = { revocation_id: revocation.id, platform: platform.id };
    try {
      const { client, token } = openRevocation(this.ring, revocation);
      await this.oauth.revoke({ ...client, platform, mode: revocation.mode }, token);
      return true;
    } catch (error) {
      if (isFinal(error)) {
        this.logger.info({ ...about, err: error }, 'a grant had ended already');
        return true;
      }
      const isTooOld = Date.now() - revocation.createdAt.getTime() > givenUpAfterMs;
      this.logger.warn({ ...about, err: error }, isTooOld ? 'a grant was not revoked' : 'a grant waits to be revoked');
      return isTooOld;
    }
  }
}

/** Throws INTERNAL_ERROR that names the row. */
export const openRevocation = (ring: KeyRing, revocation: Revocation): Sealed =>
  readable(`The revocation ${revocation.id}`, () =>
    JSON.parse(ring.open(revocation.sealed, sealContext(revocation)).toString('utf8')),
  );

/** The platform has answered, and will not answer otherwise. */
const isFinal = (error: unknown) =>
  error instanceof PlatformRefused &&
  !error.refusal.mayHaveBeenDone &&
  !['rate_limited', 'quota_exceeded'].includes(error.refusal.reason);

const delayMs = (attempts: number) =>
  Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs) * (0.5 + Math.random());

const sealContext = ({ id, userId, mode, platform }: { id: string; userId: string; mode: Mode; platform: string }) => [
  'revocation',
  id,
  userId,
  mode,
  platform,
];
