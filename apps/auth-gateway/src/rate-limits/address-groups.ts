import { LRUCache } from 'lru-cache';
import { addressGroup } from '../api-keys/address-list';

const groups = new LRUCache<string, string>({ max: 10_000 });

/** `addressGroup`, remembered: to find it out takes longer than the rest of a refusal. */
export function knownAddressGroup(address: string): string {
  let group = groups.get(address);
  if (group === undefined) groups.set(address, (group = addressGroup(address)));
  return group;
}
