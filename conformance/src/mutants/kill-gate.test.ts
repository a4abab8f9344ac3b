import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CaseRecord } from "../case.ts";
import { parseClauses } from "../clauses/parse-clauses.ts";
import { killGate, type Unkilled } from "./kill-gate.ts";
import type { MutantResult } from "./mutant-result.ts";

const clauses = new Map(
  parseClauses(
    "page.md",
    "**A-001** An agent MUST stop.\n\n**A-002** An agent MUST NOT go.\n\n**A-003** An agent SHOULD rest.\n\n**A-004** An agent MUST hide.\n",
  ).map((clause) => [clause.id, clause]),
);
const cases: readonly CaseRecord[] = [
  { id: "stops", clauses: ["A-001"], title: "an agent stops" },
  { id: "stays", clauses: ["A-002"], title: "an agent stays" },
  { id: "rests", clauses: ["A-003"], title: "an agent rests" },
];

function killed(clause: string, by: string): MutantResult {
  const kill = { id: by, outcome: "fail", clause, code: "x", words: "", kills: true } as const;
  const facts = { end: "agent", id: `not-${by}`, breaks: "", part: "x", agentVersion: 51, hangs: false } as const;
  return { ...facts, clause, status: "killed", reason: undefined, cases: [kill], durationMs: 1 };
}

const why = { reason: "it cannot be broken", shownBy: "a unit test" };

function excuse(named: { clauses?: string[]; cases?: string[] }): Unkilled {
  const { clauses: ofClauses = [], cases: ofCases = [] } = named;
  return {
    clauses: ofClauses.map((clause) => ({ clause, ...why })),
    cases: ofCases.map((id) => ({ case: id, ...why })),
  };
}

const noExcuse = excuse({});

describe("killGate", () => {
  it("is open when every required clause with a case, and every case of one, has a kill or a reason", () => {
    const kills = [killed("A-001", "stops")];
    const gate = killGate(clauses, cases, kills, excuse({ clauses: ["A-002"], cases: ["stays"] }));
    assert.deepEqual([gate.gaps, gate.required, gate.killed, gate.excused], [[], 2, 1, 1]);
    assert.deepEqual([gate.requiredCases, gate.casesWithoutKill], [2, ["stays"]]);
  });

  it("names a clause with neither, and asks for none of a SHOULD or of a clause without a case", () => {
    const { gaps } = killGate(clauses, cases, [killed("A-001", "stops")], excuse({ cases: ["stays"] }));
    assert.deepEqual([gaps.length, /^A-002 has no mutant/.test(gaps[0]!)], [1, true]);
  });

  it("names a case with neither, and asks for none of a SHOULD", () => {
    const kills = [killed("A-001", "stops"), killed("A-002", "stops")];
    const { gaps } = killGate(clauses, cases, kills, noExcuse);
    assert.deepEqual(gaps, ["the case stays catches no mutant, and there is no reason"]);
  });

  it("does not count a mutant that survived", () => {
    const survivor: MutantResult = { ...killed("A-002", "stays"), status: "survived" };
    assert.match(killGate(clauses, cases, [killed("A-001", "stops"), survivor], noExcuse).gaps.join(), /^A-002/);
  });

  it("names a reason that a kill has overtaken, and one for what requires nothing, has no case or is no clause", () => {
    const kills = [killed("A-001", "stops"), killed("A-002", "stays")];
    const { gaps } = killGate(clauses, cases, kills, excuse({ clauses: ["A-002", "A-003", "A-004", "A-009"] }));
    assert.match(
      gaps.join("\n"),
      /A-002 .* is caught.*\nA-003 .* requires nothing.*\nA-004 .* has no case.*\nA-009 .* is no clause/,
    );
  });

  it("names a reason of a case that a kill has overtaken, and one for what is no required case", () => {
    const kills = [killed("A-001", "stops"), killed("A-002", "stays")];
    const { gaps } = killGate(clauses, cases, kills, excuse({ cases: ["stops", "rests", "flies"] }));
    assert.match(gaps.join("\n"), /^stops .* catches a mutant.*\nrests .* no case.*\nflies .* no case/);
  });

  it("names a mutant of what is no clause", () => {
    const kills = [killed("A-001", "stops"), killed("A-002", "stays"), killed("A-009", "stays")];
    assert.deepEqual(killGate(clauses, cases, kills, noExcuse).gaps, ["A-009 is broken by a mutant and is no clause"]);
  });
});
