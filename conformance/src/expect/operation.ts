import { OperationState, type OperationStatus, operationStateToJSON } from "@berth/proto/messages/sync/v49/operation";
import { failed } from "./failed.ts";

/** Expects an operation to stand in a state, and with EXITED at an exit code. */
export function expectState(status: OperationStatus, state: OperationState, clause: string, exitCode = 0): void {
  const actual = inWords(status.state, status.exitCode) + (status.reason && ` (${status.reason})`);
  if (status.state !== state) {
    throw failed({ code: "state-wrong", clause, expected: `the state ${inWords(state, exitCode)}`, actual });
  }
  if (status.exitCode !== exitCode) {
    throw failed({ code: "exit-code-wrong", clause, expected: `exit code ${exitCode}`, actual });
  }
}

function inWords(state: OperationState, exitCode: number): string {
  const name = operationStateToJSON(state).replace("OPERATION_STATE_", "");
  return state === OperationState.OPERATION_STATE_EXITED ? `${name} with ${exitCode}` : name;
}
