import { IPv4, IPv6, parse } from 'ipaddr.js';

const BITS = { 4: 32, 6: 128 } as const;

interface Address {
  family: 4 | 6;
  value: bigint;
}
interface Range extends Address {
  prefix: number;
}

/** Answers whether an address is in the list. Text that is no address is in no list. */
export type AddressMatcher = (address: string) => boolean;

/** Compiles CIDRs once; a single address counts as a range of one. Throws on a range that `addressRangeProblem` refuses. */
export function compileAddressList(ranges: readonly string[]): AddressMatcher {
  const compiled = ranges.map(parseRange);
  return (text) => {
    const address = parseAddress(text);
    return address !== null && compiled.some((range) => contains(range, address));
  };
}

/** Null for a good range, else what is wrong with it. */
export function addressRangeProblem(text: string): string | null {
  const range = tryRange(text);
  if (range === null) return 'must be an IPv4 or IPv6 range such as 203.0.113.0/24 or 2001:db8::/32';
  const network = networkOf(range);
  // 10.0.0.5/8 may be meant as one host or as sixteen million: in an allow-list a guess is a hole.
  if (network !== range.value)
    return `must have no bits after the first ${range.prefix}; did you mean ${format(range)}?`;
  return null;
}

/** Whether every address of a range is in one range of the list. */
export function isWithin(inner: string, outer: readonly string[]): boolean {
  const range = parseRange(inner);
  return outer.map(parseRange).some((other) => other.prefix <= range.prefix && contains(other, range));
}

/** What limits per client address count by: the address itself, for IPv6 its /64, which one customer has to himself. */
export function addressGroup(text: string): string {
  const address = parseAddress(text);
  if (address === null) return 'unknown';
  return format({ ...address, prefix: address.family === 4 ? 32 : 64 });
}

function contains(range: Range, address: Address): boolean {
  if (range.family !== address.family) return false;
  const hostBits = BigInt(BITS[range.family] - range.prefix);
  return range.value >> hostBits === address.value >> hostBits;
}

function parseAddress(text: string): Address | null {
  // The zone of a link-local address names one of our interfaces, not the client.
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  // Dotted quads only: the library would also read 0x7f.1 and 010.0.0.1, each understood differently elsewhere.
  if (!bare.includes(':')) return IPv4.isValidFourPartDecimal(bare) ? fromBytes(parse(bare).toByteArray()) : null;
  return IPv6.isValid(bare) ? fromBytes(parse(bare).toByteArray()) : null;
}

/** A dual-stack socket reports IPv4 clients as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2): the same client, so the same address. */
function fromBytes(bytes: number[]): Address {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (bytes.length === 4) return { family: 4, value };
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

function tryRange(text: string): Range | null {
  const [host = '', length, ...rest] = text.split('/');
  const address = text.includes('%') ? null : parseAddress(host);
  if (address === null || rest.length > 0) return null;
  if (length === undefined) return { ...address, prefix: BITS[address.family] };
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return null;
  // A mapped range is written with an IPv6 length: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const prefix = Number(length) - (address.family === 4 && host.includes(':') ? 96 : 0);
  return prefix < 0 || prefix > BITS[address.family] ? null : { ...address, prefix };
}

function parseRange(text: string): Range {
  const range = tryRange(text);
  if (range === null || addressRangeProblem(text) !== null) throw new Error(`Not an address range: ${text}`);
  return range;
}

function networkOf({ family, value, prefix }: Range): bigint {
  const hostBits = BigInt(BITS[family] - prefix);
  return (value >> hostBits) << hostBits;
}

function format(range: Range): string {
  const size = BITS[range.family] / 8;
  const network = networkOf(range);
  const bytes = Array.from({ length: size }, (_, at) => Number((network >> BigInt(8 * (size - 1 - at))) & 0xffn));
  const host = range.family === 4 ? new IPv4(bytes) : new IPv6(bytes);
  return `${host.toString()}/${range.prefix}`;
}
