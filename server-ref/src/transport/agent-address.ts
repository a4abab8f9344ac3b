import { BlockList, isIP, isIPv6 } from "node:net";
import { addressInvalid } from "../errors/transport-failures.ts";

/** Where an agent listens. */
export interface AgentAddress {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const hostName = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?$/;

/** Reads `HOST:PORT`, with brackets around IPv6. Throws a `Failure` that says what is wrong. */
export function parseAgentAddress(text: string): AgentAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (!match) throw addressInvalid(text, "it is not HOST:PORT");
  const [, bracketed, bare, digits] = match;
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw addressInvalid(text, "a port is 1 to 65535");
  if (bracketed !== undefined && !isIPv6(bracketed))
    throw addressInvalid(text, "only an IPv6 address stands in brackets");
  if (bare !== undefined && !isIP(bare) && !hostName.test(bare))
    throw addressInvalid(text, "the host is neither a name nor an IP address");
  return { host: bracketed ?? bare ?? "", port };
}

/** The address as people write it. */
export function formatAgentAddress({ host, port }: AgentAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True for `localhost` and for addresses that never leave the machine; any other name can lead anywhere. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}
