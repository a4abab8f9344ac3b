import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import type { Results } from "../report/results.ts";
import { startTranscript } from "../report/transcript.ts";
import { isRed } from "../runner/outcome.ts";
import { type EditableResults, edited, madeUpResults } from "../verify/made-up-results.ts";
import { runSuiteProcess } from "./suite-process.ts";

const ID = "handshake-answered";

describe("berth-conformance verify", function () {
  this.timeout(120_000);
  let honest: Results;
  let folder: string;
  before(async () => {
    honest = await madeUpResults();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-verify-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const publish = (results: Results, name = "results.json") =>
    writeFileSync(join(folder, name), JSON.stringify(results));
  const verify = (...words: string[]) => runSuiteProcess(folder, ["verify", ...words]);

  it("exits with 0 for an honest claim, and says what is claimed", async () => {
    mkdirSync(join(folder, "published"));
    publish(honest, "published/results.json");
    const { exitCode, stdout, stderr } = await verify("published");
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(
      stdout,
      /^published\/results\.json: the claim of the run "agent" stands\nconformant: agent 51, \.\/agent\n/,
    );
    assert.match(stdout, new RegExp(`digest +sha256:${honest.runs[0]?.digest}\n$`));
  });

  it("exits with 0 for a claim with known failures, and lists them", async () => {
    const entry = { case: ID, code: "code-wrong", reason: "it is old", issue: "#12", expires: "2999-01-01" };
    const red = await madeUpResults({ failing: [ID] });
    const blocked = red.runs[0]!.cases.filter(({ outcome }) => outcome === "blocked");
    const entries = [entry, ...blocked.map(({ id }) => ({ ...entry, case: id, code: "blocked" }))];
    publish(await madeUpResults({ failing: [ID], knownFailures: entries }));
    const { exitCode, stdout } = await verify("results.json");
    assert.equal(exitCode, 0, stdout);
    assert.match(
      stdout,
      /conformant, but for \d+ known failures[\s\S]*handshake-answered \(code-wrong\): it is old \(#12/,
    );
  });

  const noClaims: [string, () => Promise<Results> | Results, RegExp][] = [
    ["is filtered", () => madeUpResults({ filter: "HS-012" }), /it was filtered \(--filter HS-012\)/],
    [
      "is not conformant and says so",
      () => madeUpResults({ failing: [ID] }),
      /not conformant, and it says so: .*handshake-answered/,
    ],
    ["lacks a case", () => changed((copy) => copy.runs[0]!.cases.shift()), /: the case is missing\n/],
    [
      "has an outcome edited",
      () => changed((copy) => (copy.runs[0]!.cases[0]!.outcome = "observed")),
      /and has no observation/,
    ],
    [
      "has counts edited",
      () => changed((copy) => (copy.runs[0]!.counts.pass += 1)),
      /the count of pass is \d+, and should be \d+/,
    ],
    [
      "has its digest edited",
      () => changed((copy) => (copy.runs[0]!.digest = "f00d")),
      /the digest is "f00d", and should be "/,
    ],
  ];
  const changed = (edit: (copy: EditableResults) => void) => edited(honest, edit);
  for (const [what, results, line] of noClaims) {
    it(`exits with 1 for what ${what}, and names it`, async () => {
      publish(await results());
      const { exitCode, stdout } = await verify("results.json");
      assert.deepEqual([exitCode, line.test(stdout)], [1, true], stdout);
      assert.match(stdout, /^results\.json: agent: /);
      assert.doesNotMatch(stdout, /stands/);
    });
  }

  it("exits with 2 for what it cannot verify, and says how it could be", async () => {
    writeFileSync(join(folder, "rubbish.json"), "{");
    writeFileSync(join(folder, "other.json"), '{"schema":2}');
    publish(
      changed((copy) => (copy.runs[0]!.suiteVersion = "9.8.7")),
      "newer.json",
    );
    publish(honest);
    const commands: [readonly string[], RegExp][] = [
      [["rubbish.json"], /rubbish\.json cannot be read/],
      [["other.json"], /other\.json has no results of berth-conformance in form 1/],
      [["nothing.json"], /nothing\.json is not there/],
      [["newer.json"], /newer\.json: agent: it was judged by version 9\.8\.7 .*verify it with 9\.8\.7/],
      [["results.json", "--run", "agent 46"], /there is no run "agent 46"; there are "agent"/],
      [["results.json", "--driver"], /--driver is about a target, and none is named/],
      [["results.json", "--address", "127.0.0.1:1"], /attached to the agent by a command or an image/],
      [["results.json", "--json", "results.json", "--", "./agent"], /choose another place .*--json/],
      [["--", "./agent"], /there are no results to verify|missing required argument/],
    ];
    for (const [words, message] of commands) {
      const { exitCode, stdout, stderr } = await verify(...words);
      assert.deepEqual([exitCode, message.test(stdout + stderr)], [2, true], `${words.join(" ")}: ${stdout}${stderr}`);
    }
  });

  describe("with a target", () => {
    const published = { agentVersion: 42, byAddress: true };
    let agent: AgentPeer;
    beforeEach(async () => {
      agent = await startAgentPeer({ transcript: startTranscript() }, { version: 42, dialects: [1] });
    });
    afterEach(() => agent.close());

    it("exits with 1 where it ends otherwise than published, names each case, and leaves what was published as it was", async () => {
      publish(await madeUpResults({ ...published, seed: "abcdef" }));
      const before = readFileSync(join(folder, "results.json"), "utf8");
      const { exitCode, stdout, stderr } = await verify(
        "results.json",
        ...["--address", agent.address, "--time-scale", "0.2", "--jobs", "16"],
      );
      assert.equal(exitCode, 1, stdout + stderr);
      assert.match(stdout, /^agent: [a-z-]+: published as pass, here fail \(/m);
      assert.match(stdout, /agent: judged again, and \d+ of its ends are not as published\n$/);
      assert.equal(readFileSync(join(folder, "results.json"), "utf8"), before);
      const again = JSON.parse(readFileSync(join(folder, "reports/again/results.json"), "utf8")) as Results;
      assert.deepEqual([again.runs[0]?.seed, again.runs[0]?.profile], ["abcdef", "agent-42-by-address"]);
    });

    it("exits with 0 where every case ends as published, those too that are known to fail", async () => {
      const judge = (...words: string[]) => runSuiteProcess(folder, ["agent", "--address", agent.address, ...words]);
      const results = () => JSON.parse(readFileSync(join(folder, "reports/results.json"), "utf8")) as Results;
      assert.equal((await judge()).exitCode, 1);
      const red = results().runs[0]!.cases.filter(({ outcome }) => isRed(outcome));
      const entry = { reason: "it is a peer of the suite's and no agent", issue: "#1", expires: "2999-01-01" };
      const known = red.map(({ id, failure }) => ({ case: id, code: failure?.code ?? "blocked", ...entry }));
      writeFileSync(join(folder, "known.json"), JSON.stringify(known));
      const published = await judge("--known-failures", "known.json");
      assert.equal(published.exitCode, 0, published.stdout);
      assert.match(published.stdout, new RegExp(`^agent: digest ${results().runs[0]?.digest} `, "m"));

      const { exitCode, stdout, stderr } = await verify("reports/results.json", "--address", agent.address);
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /^agent: judged again, and every case ended as published$/m);
      assert.match(stdout, new RegExp(`^conformant, but for ${known.length} known failures: agent 42, `, "m"));
    });

    it("exits with 5 where it cannot be reached", async () => {
      publish(await madeUpResults({ ...published }));
      assert.equal((await verify("results.json", "--address", "127.0.0.1:1")).exitCode, 5);
    });

    it("does not judge it by results that contradict themselves, or by those of a part, and says so", async () => {
      const contradictory = edited(await madeUpResults(published), (copy) => (copy.runs[0]!.digest = "f00d"));
      for (const results of [contradictory, await madeUpResults({ ...published, filter: "HS-012" })]) {
        publish(results);
        const { exitCode, stdout } = await verify("results.json", "--address", agent.address);
        assert.equal(exitCode, 1);
        assert.match(stdout, /the target is not judged again: .*whole run/);
      }
    });
  });
});
