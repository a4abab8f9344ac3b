import assert from "node:assert/strict";
import fc from "fast-check";
import { parseServerId } from "./server-id.ts";
import { parseUuid } from "./uuid.ts";

describe("UUIDs", () => {
  it("come back in lower case", () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        assert.equal(parseUuid(uuid.toUpperCase()), uuid.toLowerCase());
      }),
    );
  });

  const refused = {
    "the nil UUID": "00000000-0000-0000-0000-000000000000",
    nothing: "",
    "no hyphens": "6f1c2b4e8a3d4c5f9e7a0b1d2c3e4f50",
    "hyphens elsewhere": "6f1c2b4-e8a3d-4c5f-9e7a-0b1d2c3e4f50",
    braces: "{6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f50}",
    "a prefix": "urn:uuid:6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f50",
    "a digit too few": "6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f5",
    "a digit too many": "6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f500",
    "a letter that is no digit": "6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f5g",
    "a line feed after it": "6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f50\n",
    "a space before it": " 6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f50",
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`are refused with ${what}`, () => {
      assert.equal(parseUuid(text), undefined);
    });
  }

  it("of every version and of all ones are accepted", () => {
    assert.ok(parseUuid("ffffffff-ffff-ffff-ffff-ffffffffffff"));
    assert.ok(parseUuid("00000000-0000-0000-0000-000000000001"));
  });
});

describe("server_ids", () => {
  it("can be absent", () => {
    assert.deepEqual(parseServerId(""), { ok: true, serverId: undefined });
  });

  it("are compared without case", () => {
    const upper = parseServerId("6F1C2B4E-8A3D-4C5F-9E7A-0B1D2C3E4F50");
    assert.deepEqual(upper, { ok: true, serverId: "6f1c2b4e-8a3d-4c5f-9e7a-0b1d2c3e4f50" });
  });

  it("are refused when nil or blank, which is not absent", () => {
    assert.equal(parseServerId("00000000-0000-0000-0000-000000000000").ok, false);
    assert.equal(parseServerId(" ").ok, false);
  });
});
