import { IPv4, IPv6, parse } from 'ipaddr.js';
import { isIP } from 'node:net';
import type { AddressMatcher } from '../api-keys/address-list';

/**
 * Whether a delivery may be sent to an address. The public internet over https; what the installation names as its own
 * network over both. All else that IANA's registries of special addresses hold is refused: private, loopback, link-local
 * with the clouds' metadata, carriers' networks, and the ways of writing these as IPv6.
 */
export function isReachable(address: string, protocol: string, ownNetwork: AddressMatcher): boolean {
  if (ownNetwork(address)) return true;
  return protocol === 'https:' && isPublic(address);
}

function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false;
  const written = parse(address);
  const ip = written instanceof IPv6 && written.isIPv4MappedAddress() ? written.toIPv4Address() : written;
  if (ip instanceof IPv4) return ip.range() === 'unicast';
  // Only 2000::/3 is handed out; a translator's prefix outside of the well-known one cannot be told, nor is it global.
  return ip instanceof IPv6 && ip.range() === 'unicast' && ip.match(parse('2000::') as IPv6, 3);
}

/** What is wrong with an endpoint's URL that no connection is needed for; null if nothing is. */
export function urlProblem(url: string, ownNetwork: AddressMatcher, hasOwnNetwork: boolean): string | null {
  const { protocol, hostname, username, password, hash } = new URL(url);
  if (username || password) return 'must have no user and password in it; deliveries are signed';
  if (hash) return 'must have no fragment';
  if (protocol === 'http:' && !hasOwnNetwork) return 'must be https';
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isReachable(literal, protocol, ownNetwork)) {
    return protocol === 'http:' && isPublic(literal) ? 'must be https' : 'must not be a private or reserved address';
  }
  if (/(^|\.)localhost\.?$/i.test(hostname) && !ownNetwork('127.0.0.1')) return 'must not be this machine';
  return null;
}
