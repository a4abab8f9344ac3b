import assert from "node:assert/strict";
import { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { describe, it } from "mocha";
import { messageOfSize } from "./message-of-size.ts";

describe("messageOfSize", () => {
  it("has exactly so many bytes, and says nothing that a reader knows", () => {
    for (const bytes of [3, 100, 130, 132, 16_000, 4_194_304, 4_194_305]) {
      const message = messageOfSize(bytes);
      assert.equal(message.length, bytes);
      assert.equal(NegotiateRequest.decode(message).product, "");
    }
  });

  it("refuses the sizes that there are not", () => {
    assert.throws(() => messageOfSize(131), /no message of one field has 131 bytes/);
  });
});
