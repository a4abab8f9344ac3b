import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** What a conformance suite wrote to the driver is no request. */
export function driverInputInvalid(cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure(`What arrived on stdin is no DriverRequest of berth.driver.v1: ${reason}.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Let a conformance suite start this command; it is not for people.",
    cause,
  });
}
