import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseInstance, encodeName, type InstanceClaim } from "./instance-name.ts";
import { isReservedWindowsName } from "./reserved-name.ts";

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 64,
});

const tricky = fc.constantFrom(
  "shared",
  "a_b",
  "a_5fb",
  "CON",
  "nul",
  "127.0.0.1",
  "::1",
  "..",
  "-",
  "_",
  "i-x",
  "s-x",
);
const names = fc.oneof(printable, tricky);

const claims: fc.Arbitrary<InstanceClaim> = fc.record({
  product: fc.oneof(names, fc.constantFrom("BuildMaster", "Otter")).filter((product) => product.trim() === product),
  productVersion: fc.constantFrom("0", "6.1.19", "6.1.20", "7"),
  instanceId: fc.option(names, { nil: undefined }),
  serverId: fc.option(fc.uuid(), { nil: undefined }),
  serverIdentity: fc.boolean(),
  peerAddress: fc.oneof(fc.ipV4(), fc.constantFrom("127.0.0.1", "::1", "2001:db8::1")),
});

/** What the clauses say has to be equal for two servers to have one instance; undefined where there is none. */
function identityOf(claim: InstanceClaim): string | undefined {
  const choice = chooseInstance(claim);
  if (choice.kind === "refused") return undefined;
  const product = claim.product.toLowerCase();
  const within = {
    PRODUCT: "",
    INSTANCE_ID: claim.instanceId?.toLowerCase(),
    ADDRESS: claim.peerAddress,
    SERVER: claim.serverId?.toLowerCase(),
  };
  return JSON.stringify([product, choice.isolation, within[choice.isolation]]);
}

function nameOf(claim: InstanceClaim): string | undefined {
  const choice = chooseInstance(claim);
  return choice.kind === "instance" ? choice.name : undefined;
}

describe("instance names", () => {
  it("are equal, on a file system that folds case too, exactly where the instances are", () => {
    const pairs = fc.oneof(
      fc.tuple(claims, claims),
      fc.tuple(claims, claims).map(([a, b]) => [a, { ...b, product: a.product.toUpperCase() }] as const),
    );
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        assert.equal(nameOf(a)?.toUpperCase() === nameOf(b)?.toUpperCase(), identityOf(a) === identityOf(b));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are two portable directories, neither of them reserved by Windows", () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const name = nameOf(claim);
        if (name === undefined) return;
        assert.match(name, /^p-[a-z0-9_-]+\/(?:shared|[ias]-[a-z0-9_-]+)$/);
        for (const directory of name.split("/")) {
          assert.ok(directory.length <= 255);
          assert.equal(isReservedWindowsName(directory), false);
        }
      }),
    );
  });

  it("can be decoded, so the encoding loses nothing but case", () => {
    fc.assert(
      fc.property(printable, (text) => {
        const decoded = encodeName(text).replace(/_(..)/g, (_, digits) =>
          String.fromCharCode(Number.parseInt(digits, 16)),
        );
        assert.equal(decoded, text.toLowerCase());
      }),
    );
  });
});
