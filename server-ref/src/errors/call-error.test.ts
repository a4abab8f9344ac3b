import assert from "node:assert/strict";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ConnectionBroken, readCallError } from "./call-error.ts";

function serviceError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

describe("an error of a call without a Berth error", () => {
  const told: [string, status, string, string][] = [
    [
      "a deadline",
      status.DEADLINE_EXCEEDED,
      "Deadline exceeded after 30.005s,name resolution: 0.013s,metadata filters: 0.001s,Waiting for LB pick",
      "no answer came within 30 s",
    ],
    [
      "a port where nobody listens",
      status.UNAVAILABLE,
      "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ",
      "connect ECONNREFUSED 127.0.0.1:1",
    ],
    [
      "a port where something else listens",
      status.UNAVAILABLE,
      "No connection established. Last error: Protocol error (2026-01-02T03:04:05.678Z). Resolution note: ",
      "Protocol error",
    ],
  ];
  for (const [title, code, details, words] of told) {
    it(`says ${title} in the words of the cause alone`, () => {
      const read = readCallError(serviceError(code, details));
      assert.ok(read instanceof ConnectionBroken);
      assert.equal(read.message, words);
    });
  }
});
