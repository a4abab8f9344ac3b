import assert from "node:assert/strict";
import {
  type ErrorCode,
  ErrorCode as ErrorCodes,
  type Error as ErrorMessage,
} from "@berth/proto/messages/handshake/v1/handshake";
import { refusalOf } from "./raw-client.ts";

/** Checks that a call is refused with a Berth error of this code, and answers with it. */
export async function refusedWith(code: keyof typeof ErrorCode, call: Promise<unknown>): Promise<ErrorMessage> {
  const error = await call.then(
    () => assert.fail(`the call was not refused with ${code}`),
    (thrown: unknown) => thrown,
  );
  const refusal = refusalOf(error);
  assert.equal(refusal.code, ErrorCodes[code], refusal.message);
  assert.ok(refusal.remedy !== "" && refusal.clause !== "");
  return refusal;
}
