import type { ServerHome } from "../home/server-home.ts";
import type { ReportProgress } from "../progress.ts";
import type { SentContent } from "../sync/sent-content.ts";
import type { WantedManifest } from "../sync/wanted-manifest.ts";
import type { AgentConnection } from "../transport/agent-connection.ts";
import { findStaleFiles } from "./find-stale-files.ts";
import type { LegacyCaller } from "./legacy-caller.ts";
import { openStoredContents } from "./stored-contents.ts";
import { type TreeFile, wantedFiles } from "./tree-file.ts";
import { updateFile } from "./update-file.ts";

/** Files under way at a time: a small one costs a round trip, and each one holds a decoded frame in memory. */
const filesAtOnce = 8;

/**
 * Brings a tree to the loaded packages: lists it, and updates every file that is missing or has another time (LEG-030). Resolves once all of them are answered (LEG-032). The first
 * failure ends the files that are under way; what has arrived is listed the next time.
 */
export async function sendFiles(
  home: ServerHome,
  { files: client }: AgentConnection,
  caller: LegacyCaller,
  wanted: WantedManifest,
  signal: AbortSignal,
  report: ReportProgress,
): Promise<SentContent> {
  const stale = await findStaleFiles(client, caller, wantedFiles(wanted), signal);
  const totalBytes = stale.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  await using contents = openStoredContents(home);
  let doneBytes = 0;

  const onSent = (bytes: number) => {
    doneBytes += bytes;
    report({ doneBytes, totalBytes });
  };
  await forEachAtOnce(stale, signal, (one, signal) => {
    const pieces = cut(contents.read(one.source, one.file), caller.session.limits.maxDataBytes);
    return updateFile(client, one, { caller, pieces, signal, onSent });
  });
  return {
    sentBytes: doneBytes,
    payloadBytes: doneBytes,
    reusedBytes: Number(wanted.fileBytes) - totalBytes,
    outcome: stale.length === 0 ? "already present" : `updated ${stale.length} of ${wanted.fileCount} files`,
  };
}

/** Does the work for a few files at a time. Rejects with the first failure, once the work that was under way has ended. */
async function forEachAtOnce(
  files: readonly TreeFile[],
  signal: AbortSignal,
  work: (file: TreeFile, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const queue = files.values();
  async function takeTurns(): Promise<void> {
    try {
      for (const file of queue) {
        either.throwIfAborted();
        await work(file, either);
      }
    } catch (error) {
      failed.abort(error);
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, takeTurns));
  failed.signal.throwIfAborted();
}

/** Runs of content as pieces within the agent's limit. A run is at most 1 MiB, which leaves room within every `max_message_bytes` (HS-032, HS-033). */
async function* cut(runs: AsyncIterable<Uint8Array>, maxDataBytes: number): AsyncGenerator<Uint8Array> {
  for await (const run of runs)
    for (let start = 0; start < run.length; start += maxDataBytes) yield run.subarray(start, start + maxDataBytes);
}
