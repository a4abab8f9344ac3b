import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { afterEach, describe, it } from "mocha";
import { type AttachedServer, probeUnknownStep, serverByCommand } from "./server-by-command.ts";

const SMALL_SERVER = `
  const [step] = process.argv.slice(1);
  if (step === "home") console.log(process.env.BERTH_HOME);
  else if (step === "hang") setInterval(() => {}, 1000);
  else { console.error("unknown step"); process.exitCode = 2; }
`;

describe("serverByCommand", () => {
  const servers: AttachedServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  function attach(script: string, stepMs = 10_000): AttachedServer {
    const server = serverByCommand({ command: [process.execPath, "-e", script], stepMs });
    servers.push(server);
    return server;
  }

  it("runs a step in a home of its own, which is removed at the end", async () => {
    const server = attach(SMALL_SERVER);
    const [first, second] = [await server.install(), await server.install()];
    const result = await first.step("home");
    assert.deepEqual(result, { exitCode: 0, signal: null, stdout: first.home, stderr: "" });
    assert.notEqual(first.home, second.home);
    await server.stop();
    assert.equal(existsSync(first.home), false);
  });

  it("kills a step that is asked to end", async () => {
    const step = (await attach(SMALL_SERVER).install()).begin("hang");
    step.kill();
    assert.equal((await step.ended).signal, "SIGKILL");
  });

  it("blames the server for a step that does not end", async () => {
    const installation = await attach(SMALL_SERVER, 300).install();
    await assert.rejects(installation.step("hang"), { code: "step-timed-out" });
  });

  it("accepts a server that answers an unknown step with exit code 2", async () => {
    await probeUnknownStep(attach(SMALL_SERVER));
  });

  it("refuses a server that takes any step for good", async () => {
    await assert.rejects(probeUnknownStep(attach("process.exitCode = 0")), /unknown step .* exit code 0/);
  });

  it("names a command that is not there", async () => {
    const server = serverByCommand({ command: ["/nowhere/berth-server"], stepMs: 1000 });
    servers.push(server);
    await assert.rejects(probeUnknownStep(server), /cannot be started: .*ENOENT/);
  });
});
