import { AppError } from '@musicgen/error-codes';
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
  /** Of a key that has been replaced: the headers of each answer that say so. */
  rotation?: Readonly<Record<string, string>> | null;
}

/** What can have changed since it was looked up, and what depends on the request. */
export function checkNow({ expiresAt, isAllowedAddress, principal }: Authenticated, address: string): void {
  if (expiresAt !== null && expiresAt <= Date.now()) {
    throw principal.method === 'api_key' ? new AppError('API_KEY_EXPIRED') : sessionEnded();
  }
  if (isAllowedAddress && !isAllowedAddress(address)) throw new AppError('IP_NOT_ALLOWED');
}

export const sessionEnded = () => new AppError('INVALID_TOKEN', { details: 'The session has ended' });
