import type { Principal } from '@musicgen/platform-contracts';
import type { AddressMatcher } from '../api-keys/address-list';

/** A principal as the gateway holds it in memory, with what is checked on each request. */
export interface Authenticated {
  principal: Principal;
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null;
  /** Null: from anywhere. */
  isAllowedAddress: AddressMatcher | null;
  allowedIps: string[] | null;
}
