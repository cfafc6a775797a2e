import {
  dataSourceOptions,
  LiveEvents,
  newId,
  Outbox,
  Upstream,
  type DatabaseLink,
  type KeyRing,
  type NatsLink,
} from '@musicgen/service-kit';
import { silentLogger, type TestSandbox } from '@musicgen/testing';
import { DataSource } from 'typeorm';
import { AuditRecord } from '../src/audit/audit-record.service';
import { Audit } from '../src/audit/audit.service';
import { AuditStore } from '../src/audit/audit.store';
import { Clock } from '../src/clock';
import { CredentialChanges } from '../src/credentials/credential-changes';
import { sealSecrets } from '../src/credentials/credential-secrets';
import type { Credential } from '../src/credentials/credential.entity';
import { CredentialsStore } from '../src/credentials/credentials.store';
import { Envelope } from '../src/credentials/envelope';
import { DueGrantsStore } from '../src/grants/due-grants.store';
import type { Grant, GrantKind } from '../src/grants/grant.entity';
import { Grants } from '../src/grants/grants';
import { GrantsStore, keyOf } from '../src/grants/grants.store';
import { RefreshBreakersStore } from '../src/grants/refresh-breakers.store';
import { RefreshOutcomes } from '../src/grants/refresh-outcomes.service';
import { RefreshWorker } from '../src/grants/refresh-worker';
import { RefreshService } from '../src/grants/refresh.service';
import { Renewals } from '../src/grants/renewals.service';
import { TokenCache } from '../src/grants/token-cache';
import { TokensService } from '../src/grants/tokens.service';
import { Uses } from '../src/grants/uses';
import { OAuthClients } from '../src/oauth/oauth-clients';
import { PlatformClients } from '../src/oauth/platform-clients';
import { database } from '../src/persistence/data-source';
import { DeveloperTokens } from '../src/signing/developer-tokens';
import { SignedTokens } from '../src/signing/signed-tokens.service';

/** Runs as the real one does until it is stopped, and jumps when told. */
export class TestClock extends Clock {
  private ahead = 0;
  private stoppedAt?: number;

  override now(): Date {
    return new Date((this.stoppedAt ?? Date.now()) + this.ahead);
  }

  /** For what is over after a second: however long the machine takes, no time passes from now on. */
  stop(): void {
    this.stoppedAt = Date.now();
  }

  advance(ms: number): void {
    this.ahead += ms;
  }
}

export type Replica = Awaited<ReturnType<typeof startReplica>>;

/** What of the vault renews tokens, on connections of its own. */
export async function startReplica(parts: {
  databaseUrl: string;
  link: NatsLink;
  sandboxUrl: string;
  ring: KeyRing;
  clock: TestClock;
}) {
  const { link, ring, clock } = parts;
  const dataSource = await new DataSource(dataSourceOptions(database, parts.databaseUrl, 5)).initialize();
  const credentials = new CredentialsStore(dataSource);
  const store = new GrantsStore(dataSource);
  const due = new DueGrantsStore(dataSource);
  const breakers = new RefreshBreakersStore(dataSource);
  const outbox = new Outbox(dataSource, link, 'vault', silentLogger);
  const changes = new CredentialChanges(new LiveEvents(link, 'vault', silentLogger));
  const outcomes = new RefreshOutcomes(store, breakers, ring, outbox, changes, clock);
  const clients = new PlatformClients(credentials, ring);
  const oauth = new OAuthClients(new Upstream(parts.sandboxUrl), clock);
  const auditStore = new AuditStore(dataSource);
  const audit = new Audit(auditStore, clock, silentLogger);
  const record = new AuditRecord(auditStore, audit, credentials);
  const refreshes = new RefreshService(store, breakers, outcomes, clients, oauth, ring, audit, clock, silentLogger);
  const renewals = new Renewals(store, breakers, refreshes, clock);
  const cache = new TokenCache(link, clock, changes);
  const uses = new Uses(due, clock, silentLogger);
  const signed = new SignedTokens(new DeveloperTokens(clock), ring, clock);
  const tokens = new TokensService(credentials, store, renewals, ring, cache, uses, signed, audit, clock);
  const databaseLink = { dataSource } as DatabaseLink;
  const worker = new RefreshWorker(due, store, breakers, refreshes, outbox, changes, databaseLink, clock, silentLogger);
  const grants = new Grants(store, ring);
  return {
    ...{ dataSource, credentials, store, breakers, changes, outcomes, refreshes, cache, uses, tokens, worker, grants },
    ...{ audit, record },
    async close() {
      await audit.flush();
      await dataSource.destroy();
    },
  };
}

const events = async (dataSource: DataSource, credentialId: string) => {
  const rows: { subject: string; payload: Record<string, unknown> }[] = await dataSource.query(
    `SELECT subject, payload FROM outbox WHERE payload->>'credential_id' = $1 ORDER BY id`,
    [credentialId],
  );
  return rows.map(({ subject, payload }) => ({ ...payload, name: subject.split('.').at(-1) }));
};

/** Credentials with tokens of a sandbox's app, and what became of them. */
export class Connections {
  constructor(
    private readonly sandbox: TestSandbox,
    private readonly replica: Pick<Replica, 'dataSource' | 'credentials' | 'grants' | 'store'>,
    private readonly ring: KeyRing,
    private readonly clock: TestClock,
  ) {}

  /** An app at the platform. */
  register(settings: object = {}, platform = 'spotify') {
    return this.sandbox.register(platform, { settings });
  }

  /** A credential with the app as its client, which a user has granted something; `leftMs` is how long the token lasts. */
  async connect(
    app: { client_id: string; client_secret: string },
    { userId, leftMs = 0, platform = 'spotify' }: { userId: string; leftMs?: number; platform?: string },
  ): Promise<Credential> {
    const binding = { id: newId('cred'), userId, mode: 'test' as const };
    const envelope = Envelope.create(this.ring, binding);
    const now = this.clock.now();
    const credential: Credential = {
      ...binding,
      platform,
      name: null,
      description: null,
      fields: { client_id: app.client_id },
      secrets: sealSecrets(envelope, { client_secret: app.client_secret }, 0),
      secretsVersion: 0,
      dataKey: envelope.wrapped,
      isActive: true,
      isShared: false,
      state: 'valid',
      lastValidated: null,
      validationError: null,
      createdAt: now,
      updatedAt: now,
    };
    const minted = await this.sandbox.control('POST', '/tokens', { platform, client: app.client_id, user: 'ada' });
    await this.replica.dataSource.transaction(async (tx) => {
      await this.replica.credentials.insert(tx, credential);
      const answer = {
        accessToken: minted.access_token,
        refreshToken: minted.refresh_token ?? undefined,
        expiresAt: new Date(now.getTime() + leftMs),
        scopes: ['user-read-private'],
      };
      await this.replica.grants.save(tx, credential, answer, now);
    });
    return credential;
  }

  /** How often the platform was asked to renew for an app. */
  async renewals(app: { client_id: string }): Promise<number> {
    const filter = { platform: 'spotify', client: app.client_id, grant_type: 'refresh_token' };
    return (await this.sandbox.requests(filter)).length;
  }

  async row(credential: Credential, kind: GrantKind = 'user'): Promise<Grant> {
    return (await this.replica.store.find(keyOf(credential, kind)))!;
  }

  async open(credential: Credential) {
    return (await this.replica.grants.find(credential))!;
  }

  async state(credential: Credential): Promise<Pick<Credential, 'state' | 'validationError'>> {
    const { state, validationError } = (await this.replica.store.credential(keyOf(credential, 'user')))!;
    return { state, validationError };
  }

  events(credential: Credential) {
    return events(this.replica.dataSource, credential.id);
  }
}
