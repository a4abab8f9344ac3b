import type { AgentContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { expectHostVersion, expectTree, legacyBerth, treeFilesOf } from "./legacy-berth.ts";
import type { StandingInstance, StandingOptions } from "./standing.ts";

/** The same as a standing instance of the dialect 49: a tree with a host and an extension, brought there by updates. */
export async function legacyStanding(
  context: AgentContext,
  dialect: LegacyDialect,
  { request, peer }: StandingOptions,
): Promise<StandingInstance> {
  const version = "1.0.0-standing";
  const packages = [shellHost(version), extensionOf("notes", { "version.txt": `notes of ${version}` })];
  const files = packages.flatMap((item) => treeFilesOf(item));
  const instanceId = request?.instanceId;
  const berth = await legacyBerth(context, { dialect, request, peer, instanceId });
  await berth.put(...packages);
  return {
    peer: berth.peer,
    session: berth.session,
    release: releaseOf(...packages),
    async expectUnchanged() {
      const visitor = await legacyBerth(context, { dialect, request, peer, instanceId });
      await expectTree(visitor, files, "LEG-020");
      await expectHostVersion(visitor, version, "LEG-040");
    },
  };
}
