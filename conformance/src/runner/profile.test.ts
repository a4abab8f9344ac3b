import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentCases } from "../../cases/agent/index.ts";
import { serverCases } from "../../cases/server/index.ts";
import type { CaseRecord } from "../case.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { dialectsOfVersion } from "../dialect.ts";
import { caseLevel, isRequiredLevel } from "./case-level.ts";
import { idsUpTo, readLevels } from "./level.ts";
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
  const ofLevels = (profile: { name: string; cases: readonly CaseRecord[] }) => [
    profile,
    ...readLevels().map(({ name }) => {
      const ids = idsUpTo(name, agentCases, clauses);
      return { name: `${profile.name}-${name}`, cases: profile.cases.filter((each) => ids.has(each.id)) };
    }),
  ];
  const isLevel = (profile: string) => readLevels().some(({ name }) => profile.endsWith(`-${name}`));
  const agentProfiles = [42, 43, 44, 45, 46, 49].flatMap((version) =>
    [
      { name: `agent-${version}`, cases: ofVersion(version) },
      { name: `agent-${version}-by-address`, cases: ofVersion(version).filter((each) => !each.abilities?.length) },
    ].flatMap(ofLevels),
  );

  const serverProfiles = [
    { name: "server", cases: required(serverCases) },
    { name: "server-below-minimum", cases: required(serverCases.filter((each) => !each.usesInstanceId)) },
  ];

  for (const { name, cases } of [...agentProfiles, ...serverProfiles]) {
    it(`asks ${name} for nearly every required case that needs no feature`, () => {
      // A level is smaller, and what a version leaves out of it weighs more.
      const least = isLevel(name) ? 0.85 : 0.9;
      const floor = readProfile(name)?.floor ?? 0;
      assert.ok(floor <= cases.length, `the floor ${floor} is above the ${cases.length} cases there are`);
      assert.ok(floor >= least * cases.length, `the floor ${floor} is far below the ${cases.length} cases there are`);
    });
  }
});
