import { credentialChanged } from '@musicgen/platform-contracts';
import { LiveEvents } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Credential } from './credential.entity';

export type Changed = Pick<Credential, 'id' | 'userId' | 'mode' | 'platform'>;

/** Tells every replica, this one at once, that a credential or its tokens have changed. After the commit. */
@Injectable()
export class CredentialChanges {
  private readonly listeners: ((changed: Changed) => void)[] = [];

  constructor(private readonly live: LiveEvents) {
    live.subscribe(credentialChanged, (event) =>
      this.hear({ id: event.credential_id, userId: event.user_id, mode: event.mode, platform: event.platform }),
    );
  }

  tell(changed: Changed): void {
    this.hear(changed);
    const { id, userId, mode, platform } = changed;
    this.live.publish(credentialChanged, { credential_id: id, user_id: userId, mode, platform });
  }

  listen(listener: (changed: Changed) => void): void {
    this.listeners.push(listener);
  }

  private hear(changed: Changed): void {
    for (const listener of this.listeners) listener(changed);
  }
}
