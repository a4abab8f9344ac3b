import type { AgentContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import type { ServerPeerOptions } from "../../src/peers/server-peer.ts";
import { inEachLegacyDialect, type LegacyBerth, legacyBerth } from "./legacy-berth.ts";

/** Does work in every legacy dialect in a tree that has the suite's host. */
export async function withHost(
  context: AgentContext,
  work: (berth: LegacyBerth, dialect: LegacyDialect) => Promise<void>,
  peer: ServerPeerOptions = {},
): Promise<void> {
  await inEachLegacyDialect(context, async (dialect) => {
    const berth = await legacyBerth(context, { dialect, peer });
    await berth.put(shellHost());
    await work(berth, dialect);
  });
}
