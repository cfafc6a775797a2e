import { KeyRing } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Credential } from '../credentials/credential.entity';
import type { Tx } from '../credentials/credentials.store';
import { definitionOf } from '../credentials/credential-fields';
import type { TokenAnswer } from '../oauth/oauth-client';
import type { Grant } from './grant.entity';
import { reauthDueAt } from './grant';
import { GrantsStore, keyOf } from './grants.store';
import { TokenSeal } from './sealed-tokens';

/** What a user has granted, opened. */
export interface OpenGrant {
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: Date | null;
  scopes: string[] | null;
}

/** The tokens of a user's authorisation: stored after a consent or an import, read, dropped. */
@Injectable()
export class Grants {
  constructor(
    private readonly store: GrantsStore,
    private readonly ring: KeyRing,
  ) {}

  /** Takes the place of all that was there; an answer to an older request is refused from here on. */
  async save(tx: Tx, credential: Credential, answer: TokenAnswer, now: Date): Promise<void> {
    const key = keyOf(credential, 'user');
    await this.store.ensure(key, credential.platform, tx);
    const before = await this.store.find(key, tx);
    const version = (await this.store.supersede(tx, key))!;
    const row = { kind: key.kind, version };
    const seal = new TokenSeal(this.ring, credential);
    const { auth } = definitionOf(credential.platform);
    const isRenewed = auth.type === 'oauth2' && auth.grants.includes('refresh_token');
    // Some platforms hand out a refresh token only once, and a second consent does not end it.
    const stored = before && !before.retiredAt ? openRefreshToken(seal, before) : null;
    const refreshToken = isRenewed ? (answer.refreshToken ?? stored) : null;
    const refreshExpiresAt = answer.refreshExpiresAt ?? null;
    await this.store.replace(tx, key, version, {
      accessToken: seal.seal('access_token', row, answer.accessToken),
      refreshToken: refreshToken === null ? null : seal.seal('refresh_token', row, refreshToken),
      expiresAt: answer.expiresAt,
      scopes: answer.scopes ?? null,
      consentedAt: now,
      refreshExpiresAt,
      reauthDueAt: reauthDueAt(definitionOf(credential.platform), now, refreshExpiresAt),
      reauthToldDays: null,
      lastUsedAt: now,
    });
  }

  /** What failed with the old fields may work with the new ones; and some platforms' clocks start with a field. */
  async fieldsSet(
    tx: Tx,
    credential: Credential,
    changes: Readonly<Record<string, unknown>>,
    now: Date,
  ): Promise<void> {
    const key = keyOf(credential, 'user');
    await this.store.forgetFailures(tx, key);
    const { clock } = definitionOf(credential.platform);
    if (!clock || changes[clock.since] === undefined) return;
    await this.store.ensure(key, credential.platform, tx);
    const startsAt = changes[clock.since] === null ? null : now;
    await this.store.restartClock(tx, key, startsAt, reauthDueAt({ clock }, startsAt, null));
  }

  /** Null when nobody has authorised. */
  async find(credential: Credential): Promise<OpenGrant | null> {
    const grant = await this.store.find(keyOf(credential, 'user'));
    if (!grant || (grant.accessToken === null && grant.refreshToken === null)) return null;
    const seal = new TokenSeal(this.ring, credential);
    return {
      accessToken: grant.accessToken === null ? null : seal.open('access_token', grant, grant.accessToken),
      refreshToken: openRefreshToken(seal, grant),
      expiresAt: grant.expiresAt,
      scopes: grant.scopes,
    };
  }

  /** Forgets the user's tokens. The row stays: its fence keeps answers out that are still on their way. */
  async drop(tx: Tx, credential: Credential): Promise<void> {
    const key = keyOf(credential, 'user');
    const version = await this.store.supersede(tx, key);
    if (version === null) return;
    await this.store.replace(tx, key, version, {
      accessToken: null,
      refreshToken: null,
      expiresAt: null,
      scopes: null,
      consentedAt: null,
      refreshExpiresAt: null,
      reauthDueAt: null,
      reauthToldDays: null,
    });
  }
}

const openRefreshToken = (seal: TokenSeal, grant: Grant): string | null =>
  grant.refreshToken === null ? null : seal.open('refresh_token', grant, grant.refreshToken);
