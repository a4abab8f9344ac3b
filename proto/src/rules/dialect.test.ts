import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseDialect } from "./dialect.ts";

describe("dialects", () => {
  it("are chosen among those both speak, and never passed over for a lower one", () => {
    const spoken = fc.uniqueArray(fc.constantFrom(1, 44, 49, 60), { minLength: 1 });
    fc.assert(
      fc.property(spoken, fc.integer({ min: 1, max: 70 }), fc.nat(70), (agent, lowest, width) => {
        const highest = lowest + width;
        const choice = chooseDialect({ lowest, highest }, agent);
        const common = agent.filter((dialect) => lowest <= dialect && dialect <= highest);
        if (choice.kind === "chosen") assert.equal(choice.dialect, common.toSorted((a, b) => b - a)[0]);
        else assert.deepEqual(common, []);
      }),
    );
  });

  it("make the server the older side when its range falls between two of the agent's", () => {
    assert.deepEqual(chooseDialect({ lowest: 45, highest: 48 }, [44, 49]), { kind: "server-too-old" });
  });
});
