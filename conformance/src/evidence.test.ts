import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { agentCases } from "../cases/agent/index.ts";
import { serverCases } from "../cases/server/index.ts";
import { packageFile } from "./package-file.ts";

/** What stands between backticks in a row and is no case. */
const NO_CASES: ReadonlySet<string> = new Set(["berth-agent"]);

describe("what went wrong elsewhere", () => {
  const rows = readFileSync(packageFile("EVIDENCE.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  const known = new Set([...agentCases, ...serverCases].map(({ id }) => id));
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, id = ""]) => id));

  it("names cases that there are", () => {
    const unknown = named.filter((id) => !known.has(id) && !NO_CASES.has(id));
    assert.deepEqual(unknown, []);
    assert.ok(named.length > 100, `only ${named.length} cases are named`);
  });

  it("has a case or a reason for each of the thirty findings", () => {
    const findings = rows.filter((row) => /^\| \d+ \|/.test(row));
    assert.deepEqual(
      findings.map((row) => Number(row.split("|")[1])),
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    for (const row of findings) assert.match(row.split("|")[3] ?? "", /`|none: \S/, row);
  });
});
