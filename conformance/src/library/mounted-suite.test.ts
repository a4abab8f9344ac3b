import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { makeStrangersFolder, type StrangersFolder } from "./strangers-folder.ts";

const REFERENCE_AGENT = [process.execPath, packageFile("../agent-ref/bin/berth-agent.js"), "run"];
const REFERENCE_SERVER = [process.execPath, packageFile("../server-ref/bin/berth-server.js")];
/** An agent that answers every greeting as version 47, which no agent may (HS-006); else as good as the suite's own. */
const RED_AGENT = [
  process.execPath,
  "--input-type=module",
  "-e",
  `import { writeFileSync } from "node:fs";
  import { startAgentPeer } from ${JSON.stringify(new URL("../peers/agent-peer.js", import.meta.url).href)};
  import { startTranscript } from ${JSON.stringify(new URL("../report/transcript.js", import.meta.url).href)};
  const { address } = await startAgentPeer({ transcript: startTranscript() }, { version: 47, dialects: [1, 44] });
  writeFileSync(process.env.BERTH_READY_FILE, JSON.stringify({ address }));`,
];

describe("the suite mounted in a stranger's own mocha tree", function () {
  this.timeout(120_000);
  let folder: StrangersFolder;
  beforeEach(() => {
    folder = makeStrangersFolder();
  });
  afterEach(() => folder.remove());

  function mocha(options: object, mount = "mountAgentSuite") {
    const file = folder.write(
      "conformance.spec.mjs",
      `import { ${mount} } from "@berth/conformance";
      describe("my agent", function () { ${mount}(this, ${JSON.stringify(options)}); });
      describe("what is mine", () => { it("is untouched", () => undefined); });`,
    );
    return folder.mocha(file);
  }

  it("is green for the reference agent, and below the stranger's own heading", async () => {
    const { exitCode, passes, failures } = await mocha({ command: REFERENCE_AGENT, level: "answers" });
    assert.deepEqual(failures, []);
    assert.equal(exitCode, 0);
    const titles = passes.map((each) => each.fullTitle);
    assert.ok(titles.some((title) => /^my agent handshake\.md .* handshake-answered /.test(title)));
    assert.ok(titles.includes("my agent verdict what the cases amount to"));
    assert.ok(titles.includes("what is mine is untouched"));
  });

  it("is red for an agent that breaks a clause, and says which, what was expected, and how to see it again", async () => {
    const { exitCode, passes, failures } = await mocha({ command: RED_AGENT, filter: "handshake-answered" });
    assert.notEqual(exitCode, 0);
    assert.match(
      failures[0]?.err.message ?? "",
      /^handshake-answered \[fail\]\nrequirement HS-006: An agent MUST NOT announce version 47 or 48\.\nexpected +never version 47 or 48[\s\S]*server ──▶|agent[\s\S]*again +berth-conformance agent --filter handshake-answered --seed/,
    );
    assert.ok(passes.some((each) => each.fullTitle === "what is mine is untouched"));
  });

  it("mounts the cases of a server too: green for the reference server, red for one that fails every step", async () => {
    const filter = "server-keeps-its-id";
    const green = await mocha({ command: REFERENCE_SERVER, filter }, "mountServerSuite");
    assert.deepEqual([green.exitCode, green.failures], [0, []]);
    const failing = [process.execPath, "-e", `process.exitCode = process.argv[1].startsWith("no-such-step") ? 2 : 1`];
    const red = await mocha({ command: failing, filter }, "mountServerSuite");
    assert.notEqual(red.exitCode, 0);
    assert.match(
      red.failures[0]?.err.message ?? "",
      /^server-syncs \[fail\][\s\S]*again +berth-conformance server --filter server-syncs/,
    );
  });

  it("shows what does not apply as skipped", async () => {
    const { exitCode, pending } = await mocha({ command: REFERENCE_AGENT, filter: "legacy-limits-of-49-are-zero" });
    assert.match(pending.map((each) => each.fullTitle).join(), /legacy-limits-of-49-are-zero/);
    assert.notEqual(exitCode, undefined);
  });

  it("is red as a whole when less runs than the floor asks for, though every case passes", async () => {
    const options = { command: REFERENCE_AGENT, level: "answers", profile: "agent-49" };
    const { exitCode, failures } = await mocha(options);
    assert.equal(exitCode, 1);
    assert.match(failures[0]?.err.message ?? "", /only \d+ cases of required clauses ran; profile agent-49 asks for/);
  });

  it("fails in its hook when the agent does not start, and leaves the stranger's own tests alone", async () => {
    const command = [process.execPath, "-e", "console.error('no luck'); process.exit(3)"];
    const { failures, passes } = await mocha({ command, level: "answers" });
    assert.match(failures[0]?.err.message ?? "", /did not start: it ended with exit code 3[\s\S]*no luck/);
    assert.deepEqual(
      passes.map((each) => each.fullTitle),
      ["what is mine is untouched"],
    );
  });
});
