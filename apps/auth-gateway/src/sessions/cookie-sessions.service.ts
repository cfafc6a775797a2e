import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { sessionEnded } from '../authentication/authenticated';
import { hashOpaqueSecret } from '../tokens/opaque-secret';
import { SessionsStore } from './sessions.store';

/** Whose cookie is whose never changes; whether its session goes on is asked elsewhere. Anew each hour, for idle ones. */
const knownForMs = 3_600_000;
const knownMax = 20_000;

/** Finds the session that a cookie holds. */
@Injectable()
export class CookieSessionsService {
  private readonly known = new LRUCache<string, string>({ max: knownMax, ttl: knownForMs });

  constructor(private readonly store: SessionsStore) {}

  /** Throws INVALID_TOKEN for a cookie that holds no session, or one that was idle or lasted too long. */
  async sessionOf(secret: string): Promise<string> {
    const hash = hashOpaqueSecret(secret);
    const known = this.known.get(hash);
    if (known !== undefined) return known;
    const found = await this.store.findIdByCookie(hash);
    if (found === null) throw sessionEnded();
    this.known.set(hash, found);
    return found;
  }
}
