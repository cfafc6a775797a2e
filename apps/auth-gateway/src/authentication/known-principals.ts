import { LRUCache } from 'lru-cache';
import type { Authenticated } from './authenticated';

const knownMax = 50_000;

/** Principals in memory by the name they were looked up by, and by the ids that a revocation names. Bounded. */
export class KnownPrincipals {
  readonly #namesOf = new Map<string, Set<string>>();
  readonly #known: LRUCache<string, Authenticated>;

  constructor(max = knownMax) {
    this.#known = new LRUCache({ max, dispose: (who, name) => this.#unlink(who, name) });
  }

  get(name: string): Authenticated | undefined {
    return this.#known.get(name);
  }

  set(name: string, who: Authenticated): void {
    this.#known.set(name, who);
    for (const id of idsOf(who)) {
      const names = this.#namesOf.get(id);
      if (names) names.add(name);
      else this.#namesOf.set(id, new Set([name]));
    }
  }

  /** What stands for this key, session or user; null: everything. */
  forget(id: string | null): void {
    if (id === null) this.#known.clear();
    else for (const name of this.#namesOf.get(id) ?? []) this.#known.delete(name);
  }

  #unlink(who: Authenticated, name: string): void {
    for (const id of idsOf(who)) {
      const names = this.#namesOf.get(id);
      names?.delete(name);
      if (names?.size === 0) this.#namesOf.delete(id);
    }
  }
}

const idsOf = ({ principal: { user_id: user, key_id: key, session_id: session } }: Authenticated) =>
  [user, key, session].filter((id) => id !== undefined);
