import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseClauses } from "./parse-clauses.ts";

describe("parseClauses", () => {
  it("reads id, topic, level, subject and sentence", () => {
    const page = "# Page\n\n## Topic\n\n**ABC-001** An agent MUST NOT sleep.\n\nNot a clause: a server MUST.\n";
    assert.deepEqual(parseClauses("page.md", page), [
      {
        id: "ABC-001",
        file: "page.md",
        topic: "Topic",
        sentence: "An agent MUST NOT sleep.",
        level: "MUST NOT",
        subject: "agent",
      },
    ]);
  });

  it("joins a clause that is broken over lines", () => {
    const [clause] = parseClauses("page.md", "**ABC-002** A server SHOULD\nwarn.\n\nMore.");
    assert.equal(clause?.sentence, "A server SHOULD warn.");
    assert.equal(clause?.level, "SHOULD");
  });

  it("leaves level and subject open where the sentence has none", () => {
    const [clause] = parseClauses("page.md", "**ABC-003** Everybody is happy.");
    assert.equal(clause?.level, undefined);
    assert.equal(clause?.subject, undefined);
  });
});
