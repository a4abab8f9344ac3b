import { isIPv4, isIPv6 } from "node:net";

const GROUPS = 8;

/**
 * Brings the address of a socket to canonical form: RFC 5952 for IPv6, an IPv4-mapped IPv6 address as IPv4, without zone (INST-015).
 * Every other IPv6 address is written in hexadecimal groups alone, even one that is usually shown with an IPv4 address at its end.
 *
 * Takes the bare address, such as `::ffff:127.0.0.1` or `fe80::1%eth0`, without brackets or port. Returns undefined for what is no
 * address.
 */
export function canonicalPeerAddress(address: string): string | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = parseGroups(withoutZone(address));
  return mappedIPv4(groups) ?? formatGroups(groups);
}

function withoutZone(address: string): string {
  const zone = address.indexOf("%");
  return zone === -1 ? address : address.slice(0, zone);
}

/** The eight groups of a well-formed IPv6 address. */
function parseGroups(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const leading = parseHalf(head);
  if (tail === undefined) return leading;
  const trailing = parseHalf(tail);
  const zeros = new Array<number>(GROUPS - leading.length - trailing.length).fill(0);
  return [...leading, ...zeros, ...trailing];
}

function parseHalf(half: string): number[] {
  if (half === "") return [];
  return half.split(":").flatMap((part) => (part.includes(".") ? parseIPv4Groups(part) : [Number.parseInt(part, 16)]));
}

function parseIPv4Groups(address: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return [a * 256 + b, c * 256 + d];
}

/** The IPv4 address within `::ffff:0:0/96`, or undefined for any other address. */
function mappedIPv4(groups: readonly number[]): string | undefined {
  const [high = 0, low = 0] = groups.slice(6);
  const mapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return mapped ? [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".") : undefined;
}

function formatGroups(groups: readonly number[]): string {
  const texts = groups.map((group) => group.toString(16));
  const zeros = longestZeroRun(groups);
  // RFC 5952 section 4.2.2: one group of zeros is not shortened.
  if (zeros.length < 2) return texts.join(":");
  return `${texts.slice(0, zeros.start).join(":")}::${texts.slice(zeros.start + zeros.length).join(":")}`;
}

/** The longest run of zero groups, the leftmost where several are longest (RFC 5952 section 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
