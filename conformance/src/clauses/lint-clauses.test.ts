import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { lintClauses } from "./lint-clauses.ts";
import { parseClauses } from "./parse-clauses.ts";
import { readAllClauses } from "./read-clauses.ts";

describe("the specification", () => {
  it("has clauses, and every one is in its form", () => {
    const clauses = readAllClauses();
    assert.ok(clauses.length > 100, `only ${clauses.length} clauses were found`);
    assert.deepEqual(lintClauses(clauses), []);
  });
});

describe("lintClauses", () => {
  const lint = (sentence: string) => lintClauses(parseClauses("page.md", `**ABC-001** ${sentence}`));

  it("accepts one key word and a subject in front", () => {
    assert.deepEqual(lint("A host MUST end."), []);
  });

  it("finds two key words in one clause", () => {
    assert.deepEqual(lint("An agent MUST stop and MUST NOT start."), ["ABC-001: it has 2 key words, not one"]);
  });

  it("finds a key word in lower case", () => {
    assert.deepEqual(lint("An agent MUST stop when it should."), [
      'ABC-001: "should" in lower case reads like a key word',
    ]);
  });

  it("finds a clause that does not begin with its subject", () => {
    assert.deepEqual(lint("On Sundays an agent MUST rest."), [
      "ABC-001: it does not begin with An agent, A server or A host",
    ]);
  });

  it("finds an id used twice", () => {
    const page = "**ABC-001** An agent MUST stop.\n\n**ABC-001** An agent MUST go.\n";
    assert.deepEqual(lintClauses(parseClauses("page.md", page)), ["ABC-001: the id is used twice"]);
  });
});
