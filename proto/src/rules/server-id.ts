import { parseUuid } from "./uuid.ts";

/** A server_id in the form it is compared in, undefined where the server has none, or why it is refused. */
export type ParsedServerId = { ok: true; serverId: string | undefined } | { ok: false; reason: string };

/**
 * Reads a server_id: empty means that the server has none, and anything else is a UUID in text form other than the nil UUID (INST-021).
 * It comes back in lower case, so that equal ids are equal texts (INST-023).
 */
export function parseServerId(text: string): ParsedServerId {
  if (text === "") return { ok: true, serverId: undefined };
  const serverId = parseUuid(text);
  return serverId === undefined
    ? { ok: false, reason: "it is not a UUID in text form, or is the nil UUID" }
    : { ok: true, serverId };
}
