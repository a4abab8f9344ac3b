import { expectRefusal } from "../../src/expect/refusal.ts";
import type { TreeFile } from "../../src/peers/server-peer/legacy-calls.ts";
import type { LegacyBerth } from "./legacy-berth.ts";

/** Expects an UpdateFile to be refused for its path or for its package. */
export async function expectUpdateRefused(
  berth: LegacyBerth,
  file: TreeFile,
  expected: { code: "PATH_REFUSED" | "MALFORMED_REQUEST"; clause: string },
): Promise<void> {
  const { instanceId } = berth;
  const result = await berth.peer.legacy.update(berth.session, file, { instanceId });
  const what = `an update of ${JSON.stringify(file.path.slice(0, 60))} of ${JSON.stringify(file.package)}`;
  // A path of an update stands in no manifest, so there is no line to name.
  const detailKeys = expected.code === "PATH_REFUSED" ? [] : undefined;
  expectRefusal(result, what, { ...expected, detailKeys });
}
