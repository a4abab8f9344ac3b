import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentCases } from "../../cases/agent/index.ts";
import { serverCases } from "../../cases/server/index.ts";
import type { CaseRecord } from "../case.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { caseLevel, isRequiredLevel } from "./case-level.ts";
import { readProfile } from "./profile.ts";

/** A target without optional features reaches a floor; one that leaves a tenth out does not. */
describe("the profiles", () => {
  const clauses = readClauses();
  const required = (cases: readonly CaseRecord[]) =>
    cases.filter((each) => isRequiredLevel(caseLevel(each, clauses)) && !each.features?.length);

  for (const { name, cases } of [
    { name: "agent-49", cases: required(agentCases) },
    { name: "agent-49-by-address", cases: required(agentCases).filter((each) => !each.abilities?.length) },
    { name: "server", cases: required(serverCases) },
  ]) {
    it(`asks ${name} for nearly every required case that needs no feature`, () => {
      const floor = readProfile(name)?.floor ?? 0;
      assert.ok(floor <= cases.length, `the floor ${floor} is above the ${cases.length} cases there are`);
      assert.ok(floor >= 0.9 * cases.length, `the floor ${floor} is far below the ${cases.length} cases there are`);
    });
  }
});
