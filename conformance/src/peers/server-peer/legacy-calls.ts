import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type {
  FilePackage,
  ListedFile,
  UpdateFileHeader,
  UpdateFileRequest,
  UpdateFileResponse,
} from "@berth/proto/messages/sync/v44/file";
import type { RunOperationRequest } from "@berth/proto/messages/sync/v44/host";
import { failed } from "../../expect/failed.ts";
import type { CallResult } from "./call-result.ts";
import { checkListed } from "./check-legacy.ts";
import { type LegacyRun, type RunCall, runCall } from "./legacy-run.ts";
import type { MessageLog } from "./message-log.ts";
import { methods } from "./methods.ts";
import { type OpenCall, openCall } from "./open-call.ts";
import type { RawChannel } from "./raw-channel.ts";

/** A file of a tree, as a server sends it. */
export interface TreeFile {
  readonly package: FilePackage;
  readonly path: string;
  readonly modifiedMs: bigint;
  readonly executable: boolean;
  readonly content: Uint8Array;
}

/** A call of UpdateFile, message by message. */
export type UpdateCall = OpenCall<UpdateFileRequest, UpdateFileResponse>;

/** The three calls of the dialects 1 and 44. Every one is given the InstanceId its own request holds; none unless set. */
export interface LegacyCalls {
  list(session: NegotiateResponse, instanceId?: string): Promise<CallResult<readonly ListedFile[]>>;
  /** Sends a whole file. */
  update(session: NegotiateResponse, file: TreeFile, options?: UpdateOptions): Promise<CallResult<UpdateFileResponse>>;
  /** Opens an UpdateFile on which nothing was sent yet. */
  openUpdate(): UpdateCall;
  /** Begins an operation; fields left out are the suite's host, its entry, and empty or zero. */
  begin(session: NegotiateResponse, request: Partial<RunOperationRequest>): RunCall;
  /** Runs an operation to its end. */
  run(session: NegotiateResponse, request: Partial<RunOperationRequest>): Promise<CallResult<LegacyRun>>;
  /** Sends any bytes as the one message of any of the three. */
  sendRaw(method: "list" | "update" | "run", bytes: Uint8Array): Promise<CallResult<unknown>>;
}

/** How a file is sent. */
interface UpdateOptions {
  readonly instanceId?: string;
  /** The most content in one message; what the agent announced, at most 256 KiB, unless set. */
  readonly pieceBytes?: number;
}

const usualPieceBytes = 262_144;

/** Makes the calls of one peer. */
export function legacyCalls(channel: RawChannel, log: MessageLog, patienceMs: number): LegacyCalls {
  const openUpdate = (): UpdateCall => openCall(methods.update, channel.bidi(methods.update.path), log, patienceMs);

  const calls: LegacyCalls = {
    openUpdate,
    async list({ sessionToken }, instanceId = "") {
      const call = openCall(methods.list, channel.bidi(methods.list.path), log, patienceMs);
      await call.send({ sessionToken, instanceId });
      call.end();
      const files: ListedFile[] = [];
      for (;;) {
        const event = await call.next();
        if (event.kind === "refused") return event;
        if (event.kind === "answer") files.push(...event.answer.files);
        else break;
      }
      checkListed(files);
      return { kind: "answered", value: files };
    },
    async update(session, file, { instanceId = "", pieceBytes = pieceOf(session) } = {}) {
      const call = openUpdate();
      await call.send(headerOf(session, file, { instanceId }));
      for (let offset = 0; offset < file.content.length; offset += pieceBytes) {
        await call.send(contentOf(file.content.subarray(offset, offset + pieceBytes)));
      }
      call.end();
      return endOfUpdate(call);
    },
    begin({ sessionToken }, request) {
      const call = openCall(methods.run, channel.bidi(methods.run.path), log, patienceMs);
      const full = { ...usualRun, ...request, sessionToken };
      void call.send(full).then(() => call.end());
      return runCall(call);
    },
    run: (session, request) => calls.begin(session, request).readToEnd(),
    async sendRaw(method, bytes) {
      const { path } = methods[method];
      const asIs = { path, requestSerialize: Buffer.from, responseDeserialize: (answer: Buffer) => answer };
      const call = openCall<Uint8Array, Buffer>(asIs, channel.bidi(path), log, patienceMs);
      await call.sendBytes(bytes);
      call.end();
      const event = await call.next();
      call.cancel();
      return event.kind === "refused" ? event : { kind: "answered", value: event };
    },
  };
  return calls;
}

/** The first message of an update; `changes` are what a case has different in it. */
export function headerOf(
  { sessionToken }: NegotiateResponse,
  file: TreeFile,
  changes: Partial<UpdateFileHeader> = {},
): UpdateFileRequest {
  const { content, ...about } = file;
  const value = { ...about, sessionToken, instanceId: "", sizeBytes: BigInt(content.length), ...changes };
  return { part: { $case: "header", value } };
}

/** A later message of an update. */
export function contentOf(bytes: Uint8Array): UpdateFileRequest {
  return { part: { $case: "content", value: bytes } };
}

/** What an agent answers to an update whose last message was sent: once, and then the call ends (LEG-021). */
export async function endOfUpdate(call: UpdateCall): Promise<CallResult<UpdateFileResponse>> {
  const event = await call.next();
  if (event.kind === "refused") return event;
  if (event.kind === "ended") throw updateOutOfTurn("an answer", "the end of the call without one");
  const end = await call.next();
  if (end.kind === "refused") return end;
  if (end.kind === "answer") throw updateOutOfTurn("the end of the call after the answer", "a second answer");
  return { kind: "answered", value: event.answer };
}

const usualRun = {
  instanceId: "",
  host: "suite-host",
  entry: "bin/host",
  name: "version",
  arguments: [],
  timeoutMs: 0n,
} as const satisfies Omit<RunOperationRequest, "sessionToken">;

function pieceOf({ limits }: NegotiateResponse): number {
  return Math.min(limits?.maxDataBytes || usualPieceBytes, usualPieceBytes);
}

function updateOutOfTurn(expected: string, actual: string): Error {
  return failed({ code: "answer-out-of-turn", clause: "LEG-021", expected: `${expected} of UpdateFile`, actual });
}
