import assert from "node:assert/strict";
import { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { describe, it } from "mocha";
import protobuf from "protobufjs";
import { messageTypes } from "./message-types.ts";
import { withUnknownFields } from "./with-unknown-fields.ts";

const path = "/berth.handshake.v1.HandshakeService/Negotiate";
const type = messageTypes().get(path)?.request;

/** The field numbers of one message, in the order they stand in. */
function numbersIn(bytes: Uint8Array): number[] {
  const reader = protobuf.Reader.create(bytes);
  const numbers: number[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    numbers.push(tag >>> 3);
    reader.skipType(tag & 7);
  }
  return numbers;
}

describe("a message of the future", () => {
  const message = NegotiateRequest.fromPartial({ product: "Suite", dialects: { lowest: 1, highest: 49 } });
  const bytes = NegotiateRequest.encode(message).finish();

  it("says everything that the message says", () => {
    assert.ok(type);
    assert.deepEqual(NegotiateRequest.decode(withUnknownFields(type, bytes)), message);
  });

  it("has unknown fields of each kind before and after the known ones, in the messages inside it too", () => {
    assert.ok(type);
    const future = withUnknownFields(type, bytes);
    assert.deepEqual(numbersIn(future), [10_000, 10_001, 10_002, 10_003, 1, 5, 10_010, 10_011, 10_012, 10_013]);
    const dialects = protobuf.Reader.create(future.subarray(future.indexOf(Buffer.from([0x2a])) + 1)).bytes();
    assert.deepEqual(
      numbersIn(dialects).filter((number) => number < 10_000),
      [1, 2],
    );
    assert.equal(numbersIn(dialects).length, 10);
  });

  it("is known for every method of the schema", () => {
    assert.equal(messageTypes().size, 9);
  });
});
