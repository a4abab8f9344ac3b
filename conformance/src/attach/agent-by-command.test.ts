import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, describe, it } from "mocha";
import { TargetUnreachable } from "../runner/failure.ts";
import { startAgentByCommand } from "./agent-by-command.ts";
import { limitVariable } from "./agent-process.ts";
import type { Command } from "./process-group.ts";
import type { LaunchedAgent } from "./target.ts";

/** An agent as small as the contract allows: it listens, writes its ready file, notes its environment, and ends on SIGTERM. */
const SMALL_AGENT = `
  const { writeFileSync, appendFileSync } = require("node:fs");
  const server = require("node:net").createServer().listen(0, "127.0.0.1", () => {
    appendFileSync(process.env.BERTH_ROOT + "/starts", "x");
    writeFileSync(process.env.BERTH_ROOT + "/environment.json", JSON.stringify(process.env));
    writeFileSync(process.env.BERTH_READY_FILE, JSON.stringify({ address: "127.0.0.1:" + server.address().port }));
  });
  process.on("SIGTERM", () => process.exit(0));
`;

const command = (script: string): Command => [process.execPath, "-e", script];

describe("startAgentByCommand", () => {
  const started: LaunchedAgent[] = [];
  afterEach(async () => {
    for (const agent of started.splice(0)) await agent.stop();
  });

  async function start(script = SMALL_AGENT, patienceMs = 10_000): Promise<LaunchedAgent> {
    const agent = await startAgentByCommand({ command: command(script), patienceMs });
    started.push(agent);
    return agent;
  }

  function listens(address: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(Number(address.split(":")[1]), "127.0.0.1");
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
  }

  it("gives the agent the environment of the contract, and reads its address", async () => {
    const agent = await start();
    const environment = JSON.parse(readFileSync(join(agent.root, "environment.json"), "utf8"));
    assert.equal(environment.BERTH_ROOT, agent.root);
    assert.equal(environment.BERTH_LISTEN, "127.0.0.1:0");
    assert.ok(await listens(agent.address));
  });

  it("restarts and kills it over the same root", async () => {
    const agent = await start();
    writeFileSync(join(agent.root, "kept"), "kept");
    await agent.restart();
    await agent.kill();
    assert.equal(await listens(agent.address), false);
    await agent.start();
    assert.ok(await listens(agent.address));
    assert.equal(readFileSync(join(agent.root, "starts"), "utf8"), "xxx");
    assert.ok(existsSync(join(agent.root, "kept")));
  });

  it("launches another one with limits and environment of its own", async () => {
    const agent = await start();
    const other = await agent.launch({ limits: { ownershipWindowMs: 5 }, environment: { EXTRA: "yes" } });
    started.push(other);
    const environment = JSON.parse(readFileSync(join(other.root, "environment.json"), "utf8"));
    assert.notEqual(other.root, agent.root);
    assert.equal(environment.BERTH_LIMIT_OWNERSHIP_WINDOW_MS, "5");
    assert.equal(environment.EXTRA, "yes");
  });

  it("removes everything at the end", async () => {
    const agent = await startAgentByCommand({ command: command(SMALL_AGENT), patienceMs: 10_000 });
    await agent.stop();
    assert.equal(await listens(agent.address), false);
    assert.equal(existsSync(dirname(agent.root)), false);
  });

  it("says what an agent that ends at once wrote to stderr", async () => {
    await assert.rejects(start(`console.error("no such setting"); process.exit(7)`), (error: Error) => {
      assert.ok(error instanceof TargetUnreachable);
      assert.match(error.message, /exit code 7[\s\S]*no such setting/);
      return true;
    });
  });

  it("does not wait for ever for an agent that is never ready", async () => {
    await assert.rejects(start("setInterval(() => {}, 1000)", 200), /did not write .* within 0\.2 s/);
  });

  it("names a command that is not there", async () => {
    await assert.rejects(
      startAgentByCommand({ command: ["/nowhere/berth-agent"], patienceMs: 5_000 }),
      /\/nowhere\/berth-agent[\s\S]*ENOENT/,
    );
  });
});

describe("limitVariable", () => {
  it("spells a field of Limits as an environment variable", () => {
    assert.equal(limitVariable("ownershipWindowMs"), "BERTH_LIMIT_OWNERSHIP_WINDOW_MS");
    assert.equal(limitVariable("maxFiles"), "BERTH_LIMIT_MAX_FILES");
  });
});
