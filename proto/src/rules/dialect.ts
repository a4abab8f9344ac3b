/** An inclusive range of dialect numbers, as a server sends it. */
export interface DialectRange {
  lowest: number;
  highest: number;
}

/** The dialect of a session, or whose fault it is that there is none. */
export type DialectChoice =
  | { kind: "chosen"; dialect: number }
  | { kind: "malformed"; reason: string }
  | { kind: "server-too-old" }
  | { kind: "agent-too-old" };

/**
 * Chooses the highest dialect that the agent speaks and that lies in the server's range (HS-011). A range that is missing, begins below 1
 * or ends below its beginning is malformed (HS-010).
 *
 * `spoken` are the numbers of the dialects the agent speaks, at least one, in any order. A range that falls between two of them, which no
 * clause names, makes the server the older side: it ends below the agent's highest.
 */
export function chooseDialect(server: DialectRange | undefined, spoken: readonly number[]): DialectChoice {
  if (server === undefined) return { kind: "malformed", reason: "it is missing" };
  if (server.lowest < 1) return { kind: "malformed", reason: "it begins below 1" };
  if (server.highest < server.lowest) return { kind: "malformed", reason: "it ends below its beginning" };

  const common = spoken.filter((dialect) => dialect >= server.lowest && dialect <= server.highest);
  if (common.length > 0) return { kind: "chosen", dialect: Math.max(...common) };
  return server.lowest > Math.max(...spoken) ? { kind: "agent-too-old" } : { kind: "server-too-old" };
}
