import { once } from "node:events";
import type { UpdateFileRequest } from "@berth/proto/messages/sync/v44/file";
import { agentMisbehaved } from "../errors/agent-failures.ts";
import { transferStallMs, watchCall } from "../transport/call-watch.ts";
import type { FileClient } from "../transport/file-client.ts";
import { callerFields, type LegacyCaller } from "./legacy-caller.ts";
import { filePackageOf, type TreeFile } from "./tree-file.ts";

/** How one file is sent. */
export interface FileSending {
  readonly caller: LegacyCaller;
  /** The file's whole content in order, in pieces that the agent takes, none of them empty. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Gives the call up; the agent then leaves the file as it was (LEG-022). */
  readonly signal: AbortSignal;
  /** Told the length of each piece once it is on its way. */
  readonly onSent: (bytes: number) => void;
}

/** Puts one file in its place, and resolves once the agent has said so (LEG-032). Rejects with what `readCallError` makes of a failure, or with the signal's reason. */
export async function updateFile(client: FileClient, { source, file }: TreeFile, sending: FileSending): Promise<void> {
  const { caller, pieces, signal, onSent } = sending;
  let isAnswered = false;
  const { promise: answered, resolve, reject } = Promise.withResolvers<void>();
  answered.catch(() => {}); // nobody may be waiting at that moment
  const call = client.updateFile((error) => {
    isAnswered = true;
    if (error) reject(error);
    else resolve();
  });
  using watch = watchCall(call, signal, transferStallMs);

  // A call that has ended drains no more, so the answer is waited for as well.
  async function write(part: NonNullable<UpdateFileRequest["part"]>): Promise<void> {
    if (!call.write({ part })) await Promise.race([once(call, "drain"), answered]);
    watch.refresh();
  }

  async function refuseEarlyAnswer(): Promise<never> {
    await answered;
    throw agentMisbehaved(`it calls ${file.path} updated before all of its content has come`, "LEG-022");
  }

  try {
    const header = {
      ...callerFields(caller),
      package: filePackageOf(source),
      path: file.path,
      modifiedMs: BigInt(file.modifiedMs),
      sizeBytes: BigInt(file.sizeBytes),
      executable: file.executable,
    };
    await write({ $case: "header", value: header });
    for await (const piece of pieces) {
      if (isAnswered) await refuseEarlyAnswer();
      await write({ $case: "content", value: piece });
      onSent(piece.length);
    }
    call.end();
    await answered;
  } catch (error) {
    throw watch.reasonFor(error);
  }
}
