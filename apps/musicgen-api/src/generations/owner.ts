import type { Mode, Principal } from '@musicgen/platform-contracts';

/** Whose a row is, and in which mode: no question is asked without it. */
export interface Owner {
  userId: string;
  mode: Mode;
}

export const ownerOf = (principal: Principal): Owner => ({ userId: principal.user_id, mode: principal.mode });
