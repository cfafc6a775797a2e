import { signingKeysChanged } from '@musicgen/platform-contracts';
import { DatabaseLink, KeyRing, LiveEvents } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { rotateSigningKeys } from './signing-key-rotation';
import type { SigningKeyRow } from './signing-key.entity';
import { SigningKeysStore } from './signing-keys.store';

/** Steps the signing keys on for all replicas, and hears when another one or the command did. */
@Injectable()
export class SigningKeyRotationService {
  constructor(
    private readonly store: SigningKeysStore,
    private readonly ring: KeyRing,
    private readonly live: LiveEvents,
    private readonly database: DatabaseLink,
  ) {}

  /** Calls at first when the database can be used, and then with each change elsewhere. */
  onChange(listen: { connected: () => void; changed: () => void }): void {
    void this.database.connected().then(listen.connected);
    this.live.subscribe(signingKeysChanged, listen.changed);
  }

  /** Does what is due, and gives all keys there are afterwards. */
  async step(): Promise<SigningKeyRow[]> {
    const { rows, isChanged } = await rotateSigningKeys(this.store, this.ring);
    const active = rows.find(({ state }) => state === 'active')!;
    if (isChanged) this.live.publish(signingKeysChanged, { kid: active.kid });
    return rows;
  }
}
