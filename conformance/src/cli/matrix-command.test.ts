import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packageFile } from "../package-file.ts";
import { matrixFormat } from "../report/format/matrix-format.ts";
import { runSuiteProcess } from "./suite-process.ts";

const AGENT_PROGRAM = packageFile("../agent-ref/bin/berth-agent.js");
const AGENT = `node ${AGENT_PROGRAM} run --agent-version`;
const SERVER = `node ${packageFile("../server-ref/bin/berth-server.js")} driver`;
/** Four cells of an agent from 49 on: with and without server-identity, an InstanceId unset and set. */
const FEW = "Another-1.0/51/one-server";

describe("berth-conformance matrix", function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-matrix-command-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(...words: string[]) {
    const end = await runSuiteProcess(folder, ["matrix", ...words]);
    return { ...end, said: `${end.stdout}\n${end.stderr}` };
  }

  const cells = () => matrixFormat.parse(JSON.parse(readFileSync(join(folder, "reports/matrix.json"), "utf8"))).cells;

  /** A file of the folder, as the command that runs it. */
  function program(name: string, text: string, ...words: string[]): string {
    writeFileSync(join(folder, name), text);
    return `node ${join(folder, name)} ${words.join(" ")}`;
  }

  const pair = (agent: string, filter = FEW) => run("--agent", agent, "--server", SERVER, "--filter", filter);

  it("calls the cells of one server and one agent as ever, whatever the two are called", async () => {
    const end = await run("--agent", `mine=${AGENT} {version}`, "--server", `theirs=${SERVER}`, "--filter", FEW);
    assert.equal(end.exitCode, 0, end.said);
    assert.deepEqual(
      cells().map(({ id }) => id),
      ["unset", "unset/server-identity", "unique", "unique/server-identity"].map((end) => `${FEW}/${end}`),
    );
    assert.match(end.stdout, /^Another 1\.0 +51 +$/m);
  });

  it("takes the references for both ends where none is named, and the reference server for somebody's agent", async () => {
    const references = await run("--filter", "Another-1.0/46/one-server");
    assert.equal(references.exitCode, 0, references.said);
    assert.match(references.stdout, /^2 cells as the clauses say, 0 different$/m);
    const mine = await run("--agent", `${AGENT} 50`, "--filter", "Another-1.0/50/one-server");
    assert.equal(mine.exitCode, 0, mine.said);
    assert.match(mine.stdout, /^4 cells as the clauses say, 0 different$/m);
  });

  it("asks an agent for its version where nothing says it", async () => {
    const end = await pair(`${AGENT} 46`, "Another-1.0/46/one-server");
    assert.equal(end.exitCode, 0, end.said);
    assert.match(end.stdout, /^2 cells as the clauses say, 0 different$/m);
  });

  it("judges several servers and agents, and goes on with the others where one does not start and one dies", async () => {
    const dying = program(
      "dying.mjs",
      `import { subscribe } from "node:diagnostics_channel";
      let connections = 0;
      subscribe("net.server.socket", () => { if (++connections > 2) process.exit(3); });
      process.argv.splice(1, 2, ${JSON.stringify(AGENT_PROGRAM)});
      await import(process.argv[1]);`,
      "x",
      "run --agent-version 51",
    );
    const end = await run(
      ...["--agent", `good@51=${AGENT} {version}`, "--agent", `dying=${dying}`],
      ...["--agent", `dead=node -e process.exit(7)`, "--agent", `other@51=${AGENT} 50`],
      ...["--server", `s=${SERVER}`, "--server", "broken=node -e process.exit(8)", "--filter", FEW],
    );
    assert.equal(end.exitCode, 1, end.said);
    const reasons = (server: string, agent: string) =>
      cells()
        .filter(({ cell }) => cell.server === server && cell.agent === agent)
        .map(({ agrees, difference }) => (agrees ? "agrees" : difference));
    assert.deepEqual(reasons("s", "good"), Array(4).fill("agrees"), end.said);
    assert.equal(reasons("s", "dead").length, 4);
    for (const reason of reasons("s", "dead")) {
      assert.match(
        reason ?? "",
        /process\.exit\(7\)` did not start: it ended with exit code 7\nits version is not known/,
      );
    }
    assert.equal(reasons("s", "dying").length, 4);
    assert.match(
      reasons("s", "dying").at(-1) ?? "",
      /but the agent .* does not answer Negotiate: .*, since s\/dying\/Another/,
    );
    for (const reason of reasons("s", "other")) {
      assert.match(reason ?? "", /announces version 50, and is to be judged as 51/);
    }
    for (const agent of ["good", "dead", "dying", "other"]) {
      assert.equal(reasons("broken", agent).length, 4);
      for (const reason of reasons("broken", agent)) assert.match(reason ?? "", /process\.exit\(8\)` has ended \(8\)/);
    }
    assert.match(end.stdout, /^s with agent good 51 +4 cells as the clauses say, 0 different$/m);
    assert.match(end.stdout, /^4 cells as the clauses say, 28 different$/m);
  });

  it("is the end where the only agent or the only server does not start", async () => {
    for (const filter of [FEW, "Another-1.0/46/"]) {
      const agent = await pair("node -e process.exit(7)", filter);
      assert.deepEqual([agent.exitCode, /did not start: it ended with exit code 7/.test(agent.stderr)], [5, true]);
    }
    const server = await run("--agent", `${AGENT} {version}`, "--server", "node -e process.exit(8)", "--filter", FEW);
    assert.deepEqual([server.exitCode, /has ended \(8\)/.test(server.stderr)], [5, true]);
  });

  it("is not green where a filter leaves out the one that does not start", async () => {
    const end = await run(
      ...["--agent", `good=${AGENT} 50`, "--agent", "dead=node -e process.exit(7)"],
      ...["--server", SERVER, "--filter", "good/Another-1.0/50/one-server/unset"],
    );
    assert.equal(end.exitCode, 1, end.said);
    assert.match(end.stderr, /the agent `node -e process\.exit\(7\)` did not start/);
  });

  it("never takes a cell for agreement that an implementation has not the feature for", async () => {
    const plain = program(
      "plain.mjs",
      `import { writeFileSync } from "node:fs";
      import { startAgentPeer } from ${JSON.stringify(packageFile("dist/src/peers/agent-peer.js"))};
      const transcript = { record() {}, entries: () => [] };
      const agent = await startAgentPeer({ transcript }, { version: 51, features: [] });
      writeFileSync(process.env.BERTH_READY_FILE, JSON.stringify({ address: agent.address }));
      process.on("SIGTERM", () => process.exit());`,
    );
    const end = await pair(plain, `${FEW}/unique/server-identity`);
    assert.equal(end.exitCode, 3, end.said);
    assert.match(end.stdout, /^1 not applicable to agent 51: the agent does not serve server-identity@1$/m);
    assert.match(end.stdout, /^0 cells as the clauses say, 0 different, 1 not applicable$/m);
    const [cell] = cells();
    assert.deepEqual([cell?.agrees, cell?.notApplicable], [false, "the agent does not serve server-identity@1"]);
  });

  it("exits with 2 and a sentence where it cannot be understood, and with 3 where nothing is left of it", async () => {
    const twice = await run("--agent", "a=x", "--agent", "a=y", "--server", "z");
    assert.deepEqual([twice.exitCode, /two --agent have the name "a"/.test(twice.stderr)], [2, true]);
    const none = await pair(`${AGENT} {version}`, "no such cell");
    assert.deepEqual([none.exitCode, /matches no cell; a cell is named like BuildMaster/.test(none.stdout)], [3, true]);
  });
});
