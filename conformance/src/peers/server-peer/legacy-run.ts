import {
  type HostOutput,
  HostStream,
  type OperationEnd,
  type RunOperationRequest,
  type RunOperationResponse,
} from "@berth/proto/messages/sync/v44/host";
import { failed } from "../../expect/failed.ts";
import type { CallResult } from "./call-result.ts";
import { checkHostOutput, checkOperationEnd } from "./check-legacy.ts";
import type { OpenCall } from "./open-call.ts";

/** An operation of a legacy dialect, from its first output to its end. */
export interface LegacyRun {
  readonly output: readonly HostOutput[];
  readonly end: OperationEnd;
  /** Standard output as text. */
  readonly stdout: string;
  /** Standard error as text. */
  readonly stderr: string;
}

/** A call of RunOperation that is under way. */
export interface RunCall {
  readonly call: OpenCall<RunOperationRequest, RunOperationResponse>;
  /** Reads until standard output holds `text`; the operation goes on. */
  awaitOutput(text: string): Promise<CallResult<string>>;
  /** Reads to the end, holding every message against the clauses. */
  readToEnd(): Promise<CallResult<LegacyRun>>;
}

/** Reads a call of RunOperation. */
export function runCall(call: OpenCall<RunOperationRequest, RunOperationResponse>): RunCall {
  const output: HostOutput[] = [];
  let end: OperationEnd | undefined;

  /** False once the call has ended. */
  async function readOne(): Promise<CallResult<boolean>> {
    const event = await call.next();
    if (event.kind === "refused") return event;
    if (event.kind === "ended") {
      if (end === undefined) throw outOfTurn("how the operation ended, before the call ends", "the end of the call");
      return { kind: "answered", value: false };
    }
    const { event: message } = event.answer;
    if (end !== undefined)
      throw outOfTurn("nothing after how the operation ended", message?.$case ?? "an empty message");
    if (message === undefined) throw outOfTurn("output or an end in every message", "neither");
    if (message.$case === "output") {
      checkHostOutput(message.value);
      output.push(message.value);
    } else {
      checkOperationEnd(message.value);
      end = message.value;
    }
    return { kind: "answered", value: true };
  }

  return {
    call,
    async awaitOutput(text) {
      while (!textOf(output, HostStream.HOST_STREAM_STDOUT).includes(text)) {
        const read = await readOne();
        if (read.kind === "refused") return read;
        if (end !== undefined) throw outOfTurn(`the output ${JSON.stringify(text)} while the host runs`, "the end");
      }
      return { kind: "answered", value: textOf(output, HostStream.HOST_STREAM_STDOUT) };
    },
    async readToEnd() {
      for (;;) {
        const read = await readOne();
        if (read.kind === "refused") return read;
        if (read.value || end === undefined) continue;
        const stdout = textOf(output, HostStream.HOST_STREAM_STDOUT);
        const stderr = textOf(output, HostStream.HOST_STREAM_STDERR);
        return { kind: "answered", value: { output, end, stdout, stderr } };
      }
    },
  };
}

function textOf(output: readonly HostOutput[], stream: HostStream): string {
  return Buffer.concat(output.filter((each) => each.stream === stream).map(({ data }) => data)).toString();
}

function outOfTurn(expected: string, actual: string): Error {
  return failed({ code: "answer-out-of-turn", clause: "LEG-042", expected, actual });
}
