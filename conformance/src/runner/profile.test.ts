import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentCases } from "../../cases/agent/index.ts";
import { serverCases } from "../../cases/server/index.ts";
import type { CaseRecord } from "../case.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { dialectsOfVersion } from "../dialect.ts";
import { caseLevel, isRequiredLevel } from "./case-level.ts";
import { readProfile } from "./profile.ts";

/** A target without optional features reaches a floor; one that leaves a tenth out does not. */
describe("the profiles", () => {
  const clauses = readClauses();
  const required = (cases: readonly CaseRecord[]) =>
    cases.filter((each) => isRequiredLevel(caseLevel(each, clauses)) && !each.features?.length);

  const ofVersion = (version: number) =>
    required(agentCases).filter(
      ({ dialects = [49], abilities = [] }) =>
        dialects.some((dialect) => dialectsOfVersion(version).includes(dialect)) && !abilities.includes("upgrade"),
    );
  const agentProfiles = [42, 43, 44, 45, 46, 49].flatMap((version) => [
    { name: `agent-${version}`, cases: ofVersion(version) },
    { name: `agent-${version}-by-address`, cases: ofVersion(version).filter((each) => !each.abilities?.length) },
  ]);

  const serverProfiles = [
    { name: "server", cases: required(serverCases) },
    { name: "server-below-minimum", cases: required(serverCases.filter((each) => !each.usesInstanceId)) },
  ];

  for (const { name, cases } of [...agentProfiles, ...serverProfiles]) {
    it(`asks ${name} for nearly every required case that needs no feature`, () => {
      const floor = readProfile(name)?.floor ?? 0;
      assert.ok(floor <= cases.length, `the floor ${floor} is above the ${cases.length} cases there are`);
      assert.ok(floor >= 0.9 * cases.length, `the floor ${floor} is far below the ${cases.length} cases there are`);
    });
  }
});
