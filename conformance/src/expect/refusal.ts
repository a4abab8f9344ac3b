import { Phase, phaseToJSON, type Error as WireError } from "@berth/proto/messages/handshake/v1/handshake";
import { status } from "@grpc/grpc-js";
import type { CallResult } from "../peers/server-peer/call-result.ts";
import { refusalInWords } from "./answered.ts";
import { codeName } from "./code-name.ts";
import { type CodeName, codeTable } from "./code-table.ts";
import { failed } from "./failed.ts";

/** What a refusal has to be. Status, retryable and the keys of the details follow from the code. */
export interface ExpectedRefusal {
  readonly code: CodeName;
  /** The clause that asks for this refusal; a failure names it. */
  readonly clause?: string;
  /** NOT_STARTED unless said otherwise (ERR-005). */
  readonly phase?: Phase;
  /** Values that details have to have, by key. */
  readonly details?: Readonly<Record<string, string>>;
  /** The keys its details have to hold, where they are others than those of the code's row. */
  readonly detailKeys?: readonly string[];
}

/** Expects a call to have been refused exactly as the clauses say, and gives the error. `what` names the call in words. */
export function expectRefusal(result: CallResult<unknown>, what: string, expected: ExpectedRefusal): WireError {
  const { code, clause, phase = Phase.PHASE_NOT_STARTED } = expected;
  const row = codeTable[code];
  if (result.kind === "answered") {
    throw failed({
      code: "not-refused",
      clause,
      expected: `${what} to be refused with ${code}`,
      actual: "it was answered",
    });
  }
  const { refusal } = result;
  const { error } = refusal;
  const actual = refusalInWords(refusal);
  if (!error) {
    throw failed({
      code: "error-missing",
      clause: refusal.status === status.UNAVAILABLE ? "ERR-002" : "ERR-001",
      expected: `${what} to be refused with ${code} in the trailer berth-error-bin`,
      actual,
    });
  }
  if (codeName(error.code) !== code) {
    throw failed({ code: "code-wrong", clause, expected: `${what} to be refused with ${code}`, actual });
  }
  if (refusal.status !== row.status) {
    throw failed({ code: "status-wrong", clause: "ERR-003", expected: `${code} with ${status[row.status]}`, actual });
  }
  if (error.retryable !== row.retryable) {
    throw failed({
      code: "retryable-wrong",
      clause: "ERR-004",
      expected: `retryable ${row.retryable} for ${code}`,
      actual: String(error.retryable),
    });
  }
  if (error.phase !== phase) {
    throw failed({
      code: "phase-wrong",
      clause: "ERR-005",
      expected: `${phaseToJSON(phase)} for ${code} of ${what}`,
      actual: phaseToJSON(error.phase),
    });
  }
  expectWords(error);
  expectDetails(error, expected.detailKeys ?? row.details, expected.details ?? {}, clause);
  return error;
}

function expectWords({ code, message, remedy, clause }: WireError): void {
  for (const [field, text] of Object.entries({ message, remedy })) {
    if (text.trim() === "") {
      throw failed({
        code: "error-incomplete",
        clause: "ERR-006",
        expected: `a ${field} in ${codeName(code)}`,
        actual: "none",
      });
    }
  }
  if (!/^[A-Z]+-\d{3}$/.test(clause)) {
    throw failed({
      code: "error-incomplete",
      clause: "ERR-006",
      expected: `the clause in ${codeName(code)}, such as HS-021`,
      actual: JSON.stringify(clause),
    });
  }
}

function expectDetails(
  { code, details }: WireError,
  keys: readonly string[],
  values: Readonly<Record<string, string>>,
  clause: string | undefined,
): void {
  for (const key of keys) {
    const value = details[key];
    if (value === undefined || (values[key] !== undefined && value !== values[key])) {
      throw failed({
        code: "details-wrong",
        // A value that a case asks for is what its own clause says; that there is one at all is the table's.
        clause: values[key] === undefined ? "ERR-006" : (clause ?? "ERR-006"),
        expected: `${codeName(code)} with the detail ${key}${values[key] === undefined ? "" : ` = ${values[key]}`}`,
        actual: value === undefined ? "no such detail" : JSON.stringify(value),
      });
    }
  }
}
