import type { Mode, Principal } from '@musicgen/platform-contracts';

/** Whose a row is, and in which mode: no question is asked without it. */
export interface Owner {
  userId: string;
  mode: Mode;
}

export const ownerOf = ({ user_id: userId, mode }: Pick<Principal, 'user_id' | 'mode'>): Owner => ({ userId, mode });
