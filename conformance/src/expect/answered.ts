import { status } from "@grpc/grpc-js";
import type { CallResult, Refusal } from "../peers/server-peer/call-result.ts";
import { codeName } from "./code-name.ts";
import { failed } from "./failed.ts";

/** Expects a call to have been answered, and gives the answer. `what` names the call in words. */
export function expectAnswered<Value>(result: CallResult<Value>, what: string, clause?: string): Value {
  if (result.kind === "answered") return result.value;
  throw failed({
    code: "refused",
    clause,
    expected: `${what} to be answered`,
    actual: refusalInWords(result.refusal),
  });
}

/** A refusal as a line of text. */
export function refusalInWords({ status: code, text, error }: Refusal): string {
  const name = status[code];
  if (!error) return `the status ${name} (${text}) without a Berth error`;
  return `${codeName(error.code)} with the status ${name}: ${error.message} [${error.clause}]`;
}
