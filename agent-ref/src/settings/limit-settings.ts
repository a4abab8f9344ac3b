import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { defaultLimits } from "../limits.ts";

/** Limits that take the place of the defaults. */
export type LimitSettings = { [Name in keyof Limits]?: Limits[Name] | undefined };

const MAX_UINT32 = 2n ** 32n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** What HS-032 asks an agent to leave room for, unless the limit is zero. */
const MINIMUMS: LimitSettings = { maxMessageBytes: 1_114_112, maxDataBytes: 65_536 };

/** The limit that a name in UPPER_SNAKE or lower_snake stands for, such as `max_files`; undefined when there is none. */
export function limitNamed(snake: string): keyof Limits | undefined {
  const camel = snake.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.keys(defaultLimits).find((name) => name === camel) as keyof Limits | undefined;
}

/** Reads a limit from decimal digits, or tells why it cannot be. */
export function parseLimit(
  name: keyof Limits,
  text: string,
): { readonly ok: true; readonly limits: LimitSettings } | { readonly ok: false; readonly reason: string } {
  if (!/^(?:0|[1-9]\d{0,19})$/.test(text)) return { ok: false, reason: `"${text}" is not a decimal number` };
  const value = BigInt(text);
  const wide = typeof defaultLimits[name] === "bigint";
  const maximum = wide ? MAX_UINT64 : MAX_UINT32;
  if (value > maximum) return { ok: false, reason: `${text} is more than ${maximum}` };
  const minimum = MINIMUMS[name];
  if (minimum !== undefined && value !== 0n && value < minimum) {
    return { ok: false, reason: `${text} is less than ${minimum}, and only 0 stands for no limit` };
  }
  return { ok: true, limits: { [name]: wide ? value : Number(value) } };
}
