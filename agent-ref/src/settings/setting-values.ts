import { isIP } from "node:net";
import { z } from "zod";
import { type AgentVersion, parseAgentVersion } from "../handshake/agent-version.ts";

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** Zero takes any free port. */
  readonly port: number;
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export const listenAddress = z.string().transform((text, context): ListenAddress => {
  const groups = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^:[\]]+)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = groups?.ipv6 ?? groups?.host;
  const port = Number(groups?.port);
  const wellFormed = host !== undefined && port <= 65_535 && (groups?.ipv6 === undefined || isIP(host) === 6);
  if (!wellFormed) {
    context.addIssue({ code: "custom", message: `"${text}" is not HOST:PORT, such as 127.0.0.1:44949 or [::1]:44949` });
    return z.NEVER;
  }
  return { host, port };
});

/** A version this agent can run as (HS-006). */
export const agentVersion = z.number().transform((version, context): AgentVersion => {
  const parsed = parseAgentVersion(version);
  if (parsed.ok) return parsed.version;
  context.addIssue({ code: "custom", message: parsed.reason });
  return z.NEVER;
});

/** The same from an option. */
export const agentVersionText = z
  .string()
  .transform((text, context) => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    context.addIssue({ code: "custom", message: `"${text}" is not a number` });
    return z.NEVER;
  })
  .pipe(agentVersion);

/** The path of a directory. An empty one, as an unset variable of a script leaves, would mean the current directory. */
export const directoryPath = z.string().min(1, "it is empty");

const UNIT_MS: Readonly<Record<string, bigint>> = {
  ms: 1n,
  s: 1_000n,
  m: 60_000n,
  h: 3_600_000n,
  d: 86_400_000n,
};

/** A time with its unit, such as `90s` or `24h`, in milliseconds. */
export const durationMs = z.string().transform((text, context) => {
  const groups = /^(?<count>\d{1,9})(?<unit>ms|s|m|h|d)$/.exec(text)?.groups;
  if (groups) return BigInt(groups.count!) * UNIT_MS[groups.unit!]!;
  context.addIssue({
    code: "custom",
    message: `"${text}" is not a number with a unit of ms, s, m, h or d, such as 24h`,
  });
  return z.NEVER;
});
