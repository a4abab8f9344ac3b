import { transferStallMs } from "../transport/call-watch.ts";
import type { FileClient } from "../transport/file-client.ts";
import { readAnswers } from "../transport/read-answers.ts";
import { callerFields, type LegacyCaller } from "./legacy-caller.ts";
import { filePackageOf, isUpToDate, type TreeFile, treeKeyOf } from "./tree-file.ts";

/** Asks what the tree holds, and returns those of the wanted files that it lacks or has with another modification time, newer or older (LEG-030). */
export async function findStaleFiles(
  client: FileClient,
  caller: LegacyCaller,
  wanted: readonly TreeFile[],
  signal: AbortSignal,
): Promise<TreeFile[]> {
  const stale = new Map(wanted.map((one) => [treeKeyOf(filePackageOf(one.source), one.file.path), one]));
  const answers = readAnswers(client.listFiles(callerFields(caller)), signal, transferStallMs);
  for await (const { files } of answers) {
    for (const listed of files) {
      if (!listed.package) continue;
      const key = treeKeyOf(listed.package, listed.path);
      const one = stale.get(key);
      if (one && isUpToDate(one, listed.modifiedMs)) stale.delete(key);
    }
  }
  return [...stale.values()];
}
