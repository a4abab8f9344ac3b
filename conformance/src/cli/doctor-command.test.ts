import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HOST_TOOLS } from "../doctor/check-tools.ts";
import type { Finding } from "../doctor/finding.ts";
import { packageFile } from "../package-file.ts";
import { type AgentPeer, startAgentPeer } from "../peers/agent-peer.ts";
import { startTranscript } from "../report/transcript.ts";
import { runSuiteProcess } from "./suite-process.ts";

/** An agent of the suite's own as a program of its own; `BROKEN` names what is wrong with it. */
const PROGRAM = `
  import { writeFileSync } from "node:fs";
  import { startAgentPeer } from ${JSON.stringify(new URL("../peers/agent-peer.js", import.meta.url).href)};
  import { startTranscript } from ${JSON.stringify(new URL("../report/transcript.js", import.meta.url).href)};
  const { BROKEN, BERTH_LIMIT_MAX_FILES: asked } = process.env;
  const limits = BROKEN === "limits" || asked === undefined ? {} : { maxFiles: Number(asked) };
  const agent = await startAgentPeer({ transcript: startTranscript() }, { version: BROKEN === "version" ? 47 : 51, limits });
  writeFileSync(process.env.BERTH_READY_FILE, JSON.stringify({ address: agent.address }));
  process.on("SIGTERM", () => BROKEN === "end" || process.exit(0));
`;

describe("berth-conformance doctor", function () {
  this.timeout(60_000);
  let folder: string;
  let agent: AgentPeer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-doctor-test-"));
  });
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
    rmSync(folder, { recursive: true });
  });

  async function examine(words: readonly string[], environment: Record<string, string> = {}) {
    const end = await runSuiteProcess(folder, ["doctor", ...words], environment);
    return { ...end, report: words.includes("--json") ? JSON.parse(end.stdout) : undefined };
  }
  const agentCommand = [
    "agent",
    "--json",
    "--start-timeout",
    "4",
    "--",
    process.execPath,
    "--input-type=module",
    "-e",
    PROGRAM,
  ];
  const troubles = (findings: readonly Finding[]) => findings.filter(({ state }) => state === "trouble");

  it("finds nothing in the way on a machine that suites run on, in words and as JSON", async () => {
    const words = await examine([]);
    assert.equal(words.exitCode, 0, words.stdout);
    assert.match(words.stdout, /✓ loopback 127\.0\.0\.2: .*\n[\s\S]*nothing is in the way of a run/);
    const json = await examine(["--json"]);
    assert.deepEqual([json.report.exitCode, troubles(json.report.machine)], [0, []]);
  });

  it("exits with 4 where there is no temporary directory, and says what to set", async () => {
    const { exitCode, stdout } = await examine([], { TMPDIR: join(folder, "none") });
    assert.equal(exitCode, 4);
    assert.match(stdout, /✗ temporary directory: .*none: ENOENT.*\n +→ set TMPDIR/);
    assert.match(stdout, /this machine is in the way of a run/);
  });

  it("exits with 4 where tools of the host are missing, and names them", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    symlinkSync("/bin/sh", join(bin, "sh"));
    const { exitCode, stdout } = await examine([], { PATH: [bin].join(delimiter) });
    assert.equal(exitCode, 4);
    assert.match(stdout, /✗ tools of the host: cat .*sha256sum.* not found\n +→ install them/);
  });

  it("looks for every tool that the host's script uses", () => {
    const script = readFileSync(packageFile("src/material/shell-host.ts"), "utf8");
    for (const tool of HOST_TOOLS) assert.match(script, new RegExp(`\\b${tool}\\b`), tool);
  });

  it("tells an agent's start step by step", async () => {
    const { exitCode, report } = await examine(agentCommand);
    assert.deepEqual(troubles(report.target), []);
    assert.equal(exitCode, 0);
    assert.deepEqual(
      report.target.map(({ check }: Finding) => check),
      [
        "ready file",
        "address",
        "Negotiate",
        "version",
        "dialect",
        "features",
        "limits",
        "SIGTERM",
        "restart",
        "limits asked for",
      ],
    );
  });

  for (const [broken, check, says] of [
    ["version", "Negotiate", /breaks HS-006/],
    ["limits", "limits asked for", /BERTH_LIMIT_MAX_FILES=4321/],
    ["end", "SIGTERM", /did not end after SIGTERM/],
  ] as const) {
    it(`exits with 5 for an agent with a trouble with its ${broken}, and gives a remedy`, async () => {
      const { exitCode, report } = await examine(agentCommand, { BROKEN: broken });
      assert.equal(exitCode, 5);
      const [found] = troubles(report.target) as [Finding];
      assert.equal(found.check, check);
      assert.match(found.found, says);
      assert.ok(found.remedy);
    });
  }

  it("exits with 5 for an agent that does not start, and shows why", async () => {
    const { exitCode, stdout } = await examine([
      "agent",
      "--",
      process.execPath,
      "-e",
      "console.error('no luck'); process.exit(1)",
    ]);
    assert.equal(exitCode, 5);
    assert.match(stdout, /✗ start: .*exit code 1[\s\S]*no luck[\s\S]*→ start it by hand/);
  });

  it("examines an agent by its address, and says what that leaves out", async () => {
    agent = await startAgentPeer({ transcript: startTranscript() }, { version: 51 });
    const { exitCode, stdout } = await examine(["agent", "--address", agent.address]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /○ attachment: by address: cases that restart it/);
    assert.match(stdout, /✓ version: 51/);
  });

  it("exits with 5 where nobody listens", async () => {
    const { exitCode, stdout } = await examine(["agent", "--address", "127.0.0.1:1"]);
    assert.equal(exitCode, 5);
    assert.match(stdout, /✗ Negotiate: .*ECONNREFUSED.*\n +→ serve berth\.handshake/);
  });

  it("exits with 5 for a server that takes any step for good, and for one that greets nobody", async () => {
    const any = await examine(["server", "--", process.execPath, "-e", "0"]);
    assert.deepEqual([any.exitCode, /✗ unknown step/.test(any.stdout)], [5, true]);
    const idle = `process.exitCode = process.argv[1].startsWith("no-such-step") ? 2 : 0`;
    const greets = await examine(["server", "--", process.execPath, "-e", idle]);
    assert.deepEqual([greets.exitCode, /✗ greeting: .*no agent was greeted/.test(greets.stdout)], [5, true]);
  });
});
