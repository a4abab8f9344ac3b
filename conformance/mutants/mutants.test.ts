import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readCatalogue } from "../src/cli/catalogue.ts";
import { listMutants } from "../src/mutants/run-mutants.ts";
import { agentMutants } from "./agents/index.ts";
import { serverMutants } from "./servers/index.ts";

describe("the mutants", () => {
  const all = listMutants(agentMutants, serverMutants);

  it("are at least 80 agents", () => assert.ok(agentMutants.length >= 80, `only ${agentMutants.length}`));

  it("are at least 30 servers", () => assert.ok(serverMutants.length >= 30, `only ${serverMutants.length}`));

  it("have an id of their own, and say in a sentence what they break", () => {
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    for (const { id, breaks } of all) {
      assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(breaks, /^[A-Z].* .*\.$/, id);
    }
  });

  it("break a clause that binds their end and that a case of that end cites", () => {
    const { clauses, agentCases, serverCases } = readCatalogue();
    for (const { id, end, clause } of all) {
      const cases = end === "agent" ? agentCases : serverCases;
      assert.equal(clauses.get(clause)?.subject, end, id);
      assert.ok(
        cases.some((each) => each.clauses.includes(clause)),
        `${id}: no case of an ${end} cites ${clause}`,
      );
    }
  });
});
