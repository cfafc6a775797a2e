import type { IdPrefix } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { randomBytes } from 'node:crypto';

/** What a request is to make. Both are chosen before anything is made, so that a repeat ends in the same resource. */
export interface Creation {
  id: string;
  /** 32 random bytes, for a resource that is a secret: make it of these. */
  seed: Buffer;
}

export const newCreation = (kind: IdPrefix): Creation => ({ id: newId(kind), seed: randomBytes(32) });
