import assert from "node:assert/strict";
import { ErrorCode, Phase } from "@berth/proto/messages/handshake/v1/handshake";
import { status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { ConformanceFailure } from "../runner/failure.ts";
import { expectRefusal } from "./refusal.ts";

const error = {
  code: ErrorCode.ERROR_CODE_INSTANCING_UNSUPPORTED,
  message: "Otter 2.2.9 is too old for an InstanceId.",
  retryable: false,
  phase: Phase.PHASE_NOT_STARTED,
  remedy: "Upgrade Otter, or unset Agent.InstanceId.",
  clause: "INST-007",
  details: { minimum_version: "2.2.10" },
};
const refusal = { status: status.FAILED_PRECONDITION, text: "", error };
const expected = { code: "INSTANCING_UNSUPPORTED", details: { minimum_version: "2.2.10" } } as const;

describe("an expected refusal", () => {
  it("is taken when code, status, retryable, phase, words and details are right", () => {
    assert.equal(expectRefusal({ kind: "refused", refusal }, "a greeting", expected), error);
  });

  for (const [code, faulty] of Object.entries({
    "error-missing": { ...refusal, error: undefined },
    "code-wrong": { ...refusal, error: { ...error, code: ErrorCode.ERROR_CODE_INTERNAL } },
    "status-wrong": { ...refusal, status: status.INVALID_ARGUMENT },
    "retryable-wrong": { ...refusal, error: { ...error, retryable: true } },
    "phase-wrong": { ...refusal, error: { ...error, phase: Phase.PHASE_FINISHED } },
    "error-incomplete": { ...refusal, error: { ...error, remedy: " " } },
    "details-wrong": { ...refusal, error: { ...error, details: { minimum_version: "2.2.9" } } },
  })) {
    it(`fails with ${code} and says what was expected`, () => {
      assert.throws(
        () => expectRefusal({ kind: "refused", refusal: faulty }, "a greeting", expected),
        (failure) => failure instanceof ConformanceFailure && failure.code === code && failure.expected !== "",
      );
    });
  }

  it("fails with not-refused when the call was answered", () => {
    assert.throws(
      () => expectRefusal({ kind: "answered", value: {} }, "a greeting", expected),
      (failure) => failure instanceof ConformanceFailure && failure.code === "not-refused",
    );
  });
});
