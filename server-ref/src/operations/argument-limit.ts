import { limitTooSmall } from "../errors/agent-failures.ts";
import type { AgentLimits } from "../handshake/agent-limits.ts";

/** Throws a `Failure` where name and arguments are more bytes together than the agent takes (HS-033). */
export function requireWithinArgumentLimit({ maxArgumentBytes }: AgentLimits, words: readonly string[]): void {
  const bytes = words.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxArgumentBytes) throw limitTooSmall("bytes of name and arguments", bytes, maxArgumentBytes);
}
