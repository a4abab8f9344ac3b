import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { inEachLegacyDialect, legacyBerth } from "./legacy-berth.ts";

/** Cases about servers of versions that do not exist yet. */
export const futureCases: readonly AgentCase[] = [
  {
    id: "future-server-is-served",
    clauses: ["HS-004", "HS-011", "HS-016"],
    title: "A server of a later version, whose every message holds fields nobody knows, is synced and runs operations",
    twin: "sync-whole",
    async run(context) {
      const peer = await context.connect({ speaksOfTheFuture: true });
      const session = await peer.session({
        dialects: { lowest: 1, highest: 999 },
        features: ["teleport@7", "zstd@999", "server-identity@2"],
      });
      expectEqual(session.features, [], { code: "feature-of-the-future", clause: "HS-016", what: "the features" });
      await peer.sync(session, releaseOf(shellHost("9.9.9"), extensionOf("Files", { "a.txt": "a", empty: "" })));
      const { stdout } = await peer.run(session, "version");
      expectEqual(stdout.trim(), "9.9.9", { code: "unknown-field-minded", clause: "HS-004", what: "the output" });
      const held = await peer.begin(session, "hold");
      expectAnswered(await peer.cancel(session, held.operationId), "a cancel", "HS-004");
      const given = await peer.begin(session, "hold");
      expectAnswered(await peer.abandon(session, given.operationId), "an abandon", "HS-004");
    },
  },
  {
    id: "future-server-is-served-in-legacy-dialects",
    clauses: ["HS-004"],
    title: "A server of a later version is served in the older dialects too, whatever fields its messages hold",
    dialects: [1, 44],
    twin: "legacy-list-names-every-file",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const peer = { speaksOfTheFuture: true };
        const berth = await legacyBerth(context, { dialect, peer, clause: "HS-004" });
        await berth.put(shellHost("9.9.9"), extensionOf("Files", { "a.txt": "a", empty: "" }));
        const files = await berth.list();
        expectEqual(files.length, 3, { code: "unknown-field-minded", clause: "HS-004", what: "files that are listed" });
        const { stdout } = await berth.run("version");
        expectEqual(stdout.trim(), "9.9.9", { code: "unknown-field-minded", clause: "HS-004", what: "the output" });
      });
    },
  },
];
