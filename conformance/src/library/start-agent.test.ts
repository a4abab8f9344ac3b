import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import { type AgentOptions, type StartedAgent, startAgent } from "./start-agent.ts";

/** An agent that notes its limit and tries to write 4 KiB into its root, before it says where it listens. */
const SMALL_AGENT = `
  const { writeFileSync, appendFileSync } = require("node:fs");
  const { BERTH_ROOT: root, BERTH_READY_FILE: ready, BERTH_LIMIT_MAX_FILES: limit } = process.env;
  appendFileSync(root + "/starts", limit + " ");
  try { writeFileSync(root + "/large", Buffer.alloc(4096)); } catch ({ code }) { writeFileSync(root + "/refused", code); }
  const server = require("node:net").createServer().listen(0, "127.0.0.1", () =>
    writeFileSync(ready, JSON.stringify({ address: "127.0.0.1:" + server.address().port })));
`;

describe("startAgent", () => {
  let agent: StartedAgent;
  afterEach(() => agent.stop());

  async function start(options: Omit<AgentOptions, "command"> = {}): Promise<void> {
    agent = await startAgent({ command: [process.execPath, "-e", SMALL_AGENT], ...options });
  }

  it("starts it with the limits asked for, and again over the same root after a kill", async () => {
    await start({ limits: { maxFiles: 7 } });
    await agent.kill();
    await agent.start();
    assert.equal(readFileSync(join(agent.root, "starts"), "utf8"), "7 7 ");
    assert.equal(existsSync(join(agent.root, "refused")), false);
  });

  it("lets no file of it grow beyond its room", async () => {
    await start({ roomBytes: 1024 });
    assert.equal(readFileSync(join(agent.root, "refused"), "utf8"), "EFBIG");
  });
});
