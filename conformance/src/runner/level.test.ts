import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentCases } from "../../cases/agent/index.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { messageTypes } from "../future/message-types.ts";
import { idsUpTo, levelsOfCases, readLevels } from "./level.ts";

describe("the levels", () => {
  const clauses = readClauses();
  const levels = readLevels();
  const names = levels.map((each) => each.name);
  const ofCases = levelsOfCases(agentCases, clauses);

  it("each hold more cases than the one before, and the last holds all", () => {
    const sizes = names.map((name) => idsUpTo(name, agentCases, clauses).size);
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(sizes).size, sizes.length);
    assert.equal(sizes.at(-1), agentCases.length);
  });

  it("have no case whose twin comes later", () => {
    for (const { id, twin } of agentCases.filter((each) => each.twin !== undefined)) {
      assert.ok(names.indexOf(ofCases.get(twin!)!) <= names.indexOf(ofCases.get(id)!), id);
    }
  });

  it("name calls that there are", () => {
    const methods = new Set([...messageTypes().keys()].map((path) => path.slice(path.lastIndexOf("/") + 1)));
    for (const { calls } of levels)
      assert.deepEqual(
        calls.filter((call) => !methods.has(call)),
        [],
      );
  });

  it("begin with greetings alone, without refusals, and end with kills", () => {
    assert.equal(ofCases.get("handshake-answered"), "answers");
    assert.equal(ofCases.get("handshake-agent-too-old"), "negotiates");
    assert.equal(ofCases.get("path-dot-segment"), "syncs");
    assert.equal(ofCases.get("operation-cancelled"), "runs");
    assert.equal(ofCases.get("kill-before-commit"), "survives");
    assert.equal(ofCases.get("silent-connections"), "survives");
  });
});
