import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { agentCases } from "../../cases/agent/index.ts";
import { serverCases } from "../../cases/server/index.ts";
import { readClauses } from "../clauses/read-clauses.ts";
import { runSuiteProcess } from "../cli/suite-process.ts";
import { readUnkilled } from "../mutants/kill-gate.ts";
import { packageFile } from "../package-file.ts";
import { caseLevel, isRequiredLevel } from "../runner/case-level.ts";
import { readFailureCodes } from "../runner/failure-codes.ts";
import { wrongRecording } from "./recording-of.ts";
import { ownTranscripts, type Recording, readTranscript, recordedIds, writeTranscript } from "./transcript-file.ts";

const cases = [...agentCases, ...serverCases];
const all = cases.map((each) => each.id);
const AGENT = packageFile("../agent-ref/bin/berth-agent.js");

describe("the transcripts", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-transcripts-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("show every case right, and no case that there is not (`make transcripts` records what is missing)", () => {
    assert.deepEqual(
      all.filter((id) => readTranscript(id).right === undefined),
      [],
    );
    assert.deepEqual(
      recordedIds().filter((id) => !all.includes(id)),
      [],
    );
  });

  it("show wrong what every case of a required clause catches, but those that catch nothing (`make wrong-transcripts`)", () => {
    const clauses = readClauses();
    const excused = new Set(readUnkilled().cases.map((each) => each.case));
    const required = cases.filter((each) => isRequiredLevel(caseLevel(each, clauses)) && !excused.has(each.id));
    assert.deepEqual(
      required.map(({ id }) => id).filter((id) => readTranscript(id).wrong === undefined),
      [],
    );
  });

  it("are in their form, each with a failure code that there is where it shows what is wrong", () => {
    const codes = readFailureCodes();
    for (const id of recordedIds()) {
      const { case: own, wrong } = readTranscript(id);
      assert.equal(own, id);
      if (wrong !== undefined) assert.ok(codes.has(wrong.code), `${id}: ${wrong.code}`);
    }
  });

  it("name no directory or source line of the machine that recorded them", () => {
    const text = "it left /var/x/berth-agent-aB3dE6/root/a behind\n    at sync (file:///srv/agent.js:1:2)";
    const { actual } = wrongRecording("somebody", [], { code: "left", expected: "nothing", actual: text });
    assert.equal(actual, "it left /tmp/berth-agent-0/root/a behind");
  });

  it("are written as they are read", () => {
    const before = readTranscript("path-dot-segment");
    writeTranscript(before, folder);
    assert.deepEqual(readTranscript("path-dot-segment", folder), before);
  });

  it("are what the reference does: greetings recorded again make the same calls in the same order", async () => {
    const filter = "handshake-*";
    const words = [
      "record",
      "agent",
      "--filter",
      filter,
      "--to",
      folder,
      "--of",
      "again",
      "--",
      process.execPath,
      AGENT,
      "run",
    ];
    const { exitCode, stdout, stderr } = await runSuiteProcess(folder, words);
    assert.equal(exitCode, 0, stdout + stderr);
    const greetings = recordedIds(folder).filter((id) => id.startsWith("handshake-"));
    assert.ok(greetings.length >= 8, greetings.join());
    for (const id of greetings.filter((each) => each !== "handshake-repeated")) {
      const [committed, again] = [ownTranscripts(), folder].map((from) => readTranscript(id, from).right);
      assert.deepEqual(stepsOf(again), stepsOf(committed), `${id} has changed: run make transcripts`);
    }
  });

  it("repeat every choice on the wire with the same seed, and make others with another", async () => {
    const id = "server-identity-separates-one-address";
    const record = async (seed: string, name: string) => {
      const to = join(folder, name);
      const words = ["record", "agent", "--filter", id, "--seed", seed, "--to", to, "--of", "again"];
      const end = await runSuiteProcess(folder, [...words, "--", process.execPath, AGENT, "run"]);
      assert.equal(end.exitCode, 0, end.stderr);
      return readTranscript(id, to).right?.entries.filter((each) => "direction" in each && each.direction === "sent");
    };
    const [first, again, other] = [await record("abc", "1"), await record("abc", "2"), await record("def", "3")];
    assert.ok((first?.length ?? 0) > 0);
    assert.deepEqual(again, first);
    assert.notDeepEqual(other, first);
  });

  it("take a wrong half beside the right one, from an agent that breaks the case, with one command", async () => {
    const id = "handshake-answered";
    writeTranscript(readTranscript(id), folder);
    const broken = `import { writeFileSync } from "node:fs";
      import { startAgentPeer } from ${JSON.stringify(new URL("../peers/agent-peer.js", import.meta.url).href)};
      import { startTranscript } from ${JSON.stringify(new URL("../report/transcript.js", import.meta.url).href)};
      const { address } = await startAgentPeer({ transcript: startTranscript() }, { version: 47 });
      writeFileSync(process.env.BERTH_READY_FILE, JSON.stringify({ address }));`;
    const words = ["record", "agent", "--wrong", "--filter", id, "--to", folder, "--of", "an agent 47", "--"];
    const end = await runSuiteProcess(folder, [...words, process.execPath, "--input-type=module", "-e", broken]);
    assert.equal(end.exitCode, 0, end.stdout + end.stderr);
    const { right, wrong } = readTranscript(id, folder);
    assert.deepEqual(right, readTranscript(id).right);
    assert.deepEqual([wrong?.of, wrong?.code], ["an agent 47", "negotiate-answer-wrong"]);
    assert.match(JSON.stringify(wrong?.entries), /"agentVersion":47/);
  });

  it("are none, with exit code 3, of an agent that passes what was to be shown wrong", async () => {
    const words = ["record", "agent", "--wrong", "--filter", "handshake-answered", "--to", folder, "--of", "x", "--"];
    const end = await runSuiteProcess(folder, [...words, process.execPath, AGENT, "run"]);
    assert.equal(end.exitCode, 3);
    assert.match(end.stdout, /not recorded: handshake-answered \[pass\]/);
  });
});

function stepsOf(recording: Recording | undefined): string[] {
  assert.ok(recording);
  return recording.entries.map((each) =>
    "leftOut" in each ? `… ${each.leftOut}` : `${each.direction} ${each.method}`,
  );
}
