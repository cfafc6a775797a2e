import type { Principal } from '@musicgen/platform-contracts';
import { NatsLink } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../clock';
import { CredentialChanges, type Changed } from '../credentials/credential-changes';
import { enoughLeftMs } from './grant';
import type { Grant, GrantKind } from './grant.entity';

type Facts = Pick<Grant, 'credentialId' | 'userId' | 'mode' | 'kind' | 'platform' | 'expiresAt' | 'scopes' | 'version'>;

/** A token in the clear, and the grant it is of: of another credential than was asked for, if that one's client is shared. */
export interface OpenToken extends Facts {
  accessToken: string;
  askedOf: string;
}

/** What was asked for: a credential by its id, or a platform's active one. */
export interface Question {
  platform?: string;
  credentialId?: string;
  kind: GrantKind;
}

const heldMs = 60_000;

/**
 * Decrypted tokens that every replica keeps for at most a minute, and not beyond the next change of their credential. While
 * nats-server is away changes cannot be heard, so that nothing is kept.
 */
@Injectable()
export class TokenCache {
  private readonly tokens = new LRUCache<string, OpenToken>({
    max: 20_000,
    ttl: heldMs,
    ttlAutopurge: true,
    // It would remember for a millisecond what time it is, with a timer for every millisecond.
    ttlResolution: 0,
  });
  private readonly readings = new Map<string, Promise<OpenToken>>();
  private changesHeard = 0;

  constructor(
    private readonly link: NatsLink,
    private readonly clock: Clock,
    changes: CredentialChanges,
  ) {
    changes.listen((changed) => this.drop(changed));
    void this.dropAtEveryLoss();
  }

  find(principal: Principal, question: Question, rejected?: number): OpenToken | undefined {
    if (!this.link.isUp) return undefined;
    const token = this.tokens.get(key(principal, question));
    if (!token || (rejected !== undefined && token.version <= rejected)) return undefined;
    const lasts = token.expiresAt === null || token.expiresAt.getTime() - this.clock.now().getTime() > enoughLeftMs;
    return lasts ? token : undefined;
  }

  /**
   * Reads it, once for all who ask meanwhile, and keeps it unless something has changed since the reading began; who asks
   * after a change does not get what was read before it.
   */
  fill(
    principal: Principal,
    question: Question,
    rejected: number | undefined,
    read: () => Promise<OpenToken>,
  ): Promise<OpenToken> {
    const name = [key(principal, question), rejected, this.changesHeard].join(' ');
    const reading = this.readings.get(name);
    if (reading) return reading;
    const begun = this.keep(key(principal, question), read).finally(() => this.readings.delete(name));
    this.readings.set(name, begun);
    return begun;
  }

  private async keep(name: string, read: () => Promise<OpenToken>): Promise<OpenToken> {
    const before = this.changesHeard;
    const token = await read();
    if (before === this.changesHeard && this.link.isUp) this.tokens.set(name, token);
    return token;
  }

  /** All of the owner's: another one may be active now. And whatever an administrator's shared client has got for others. */
  private drop({ id, userId, mode }: Changed): void {
    this.changesHeard += 1;
    for (const [name, token] of this.tokens.entries()) {
      if (name.startsWith(`${userId} ${mode} `) || token.credentialId === id) this.tokens.delete(name);
    }
  }

  private async dropAtEveryLoss(): Promise<void> {
    await this.link.connected;
    for (;;) {
      await this.link.whileUp(new Promise(() => undefined)).catch(() => undefined);
      this.changesHeard += 1;
      this.tokens.clear();
    }
  }
}

const key = ({ user_id, mode }: Principal, { platform, credentialId, kind }: Question) =>
  `${user_id} ${mode} ${kind} ${credentialId ?? platform}`;
