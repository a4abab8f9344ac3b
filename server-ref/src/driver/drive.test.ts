import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { DriverRequest, DriverResponse, StepStream } from "@berth/proto/messages/driver/v1/driver";
import { runCommandLine } from "../cli/run-command-line.ts";
import { startFakeAgent } from "../testing/fake-agent.ts";
import { type TemporaryServer, withTemporaryServer } from "../testing/temporary-server.ts";
import { drive } from "./drive.ts";
import { frameMessage, readMessages } from "./framing.ts";

/** How a step ended, with what it printed. */
interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A driver in this process, and its end. */
function startDriver() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const done = drive(input, output, runCommandLine);
  const waiting = new Map<bigint, { stdout: string; stderr: string; resolve(ended: Ended): void }>();
  let lastId = 0n;

  const reading = (async () => {
    for await (const message of readMessages(output)) {
      const { stepId, response } = DriverResponse.decode(message);
      const step = waiting.get(stepId);
      assert.ok(step && response);
      if (response.$case === "end") {
        step.resolve({ exitCode: response.value.exitCode, stdout: step.stdout, stderr: step.stderr });
      } else {
        const text = Buffer.from(response.value.data).toString();
        if (response.value.stream === StepStream.STEP_STREAM_STDOUT) step.stdout += text;
        else step.stderr += text;
      }
    }
  })();
  const send = (request: DriverRequest) => input.write(frameMessage(DriverRequest.encode(request).finish()));

  return {
    begin(home: string, ...words: string[]) {
      lastId += 1n;
      const stepId = lastId;
      const { promise, resolve } = Promise.withResolvers<Ended>();
      waiting.set(stepId, { stdout: "", stderr: "", resolve });
      send({ stepId, request: { $case: "step", value: { home, words } } });
      return { ended: promise, interrupt: () => send({ stepId, request: { $case: "interrupt", value: {} } }) };
    },
    async end() {
      input.end();
      await done;
      output.end();
      await reading;
    },
    write: (bytes: Buffer) => input.write(bytes),
    done,
  };
}

describe("a driver", () => {
  async function withDriver(
    work: (driver: ReturnType<typeof startDriver>, server: TemporaryServer) => Promise<void>,
  ): Promise<void> {
    await withTemporaryServer(async (server) => {
      const driver = startDriver();
      await work(driver, server);
      await driver.end();
    });
  }

  it("runs steps of several installations at once, each on a home of its own", () =>
    withDriver(async (driver, server) => {
      const homes = ["one", "two", "three"].map((name) => `${server.directory}/${name}`);
      const set = homes.map((home, index) => driver.begin(home, "settings", "set", "Agent.InstanceId", `id ${index}`));
      for (const { ended } of set) assert.equal((await ended).exitCode, 0);
      const got = homes.map((home) => driver.begin(home, "settings", "get", "Agent.InstanceId").ended);
      assert.deepEqual(
        (await Promise.all(got)).map(({ stdout }) => stdout),
        ["id 0\n", "id 1\n", "id 2\n"],
      );
    }));

  it("answers an unknown step, and one that fails, with its exit code and its words on stderr", () =>
    withDriver(async (driver, server) => {
      const unknown = await driver.begin(server.directory, "no-such-step").ended;
      assert.equal(unknown.exitCode, 2);
      assert.match(unknown.stderr, /unknown command/);
      const missing = await driver.begin(`${server.directory}/x`, "sync", "nobody").ended;
      assert.equal(missing.exitCode, 3);
      assert.equal(missing.stdout, "");
      assert.match(missing.stderr, /nobody/);
    }));

  it("interrupts one step and leaves the others alone", () =>
    withDriver(async (driver, server) => {
      const { promise: greeted, resolve } = Promise.withResolvers<void>();
      const hang = () => {
        resolve();
        return new Promise<never>(() => {});
      };
      await using agent = await startFakeAgent({ negotiate: hang as never });
      const home = `${server.directory}/one`;
      await driver.begin(home, "agents", "add", "far", `127.0.0.1:${agent.port}`).ended;
      const hanging = driver.begin(home, "sync", "far");
      await greeted;
      const other = driver.begin(`${server.directory}/two`, "settings", "list").ended;
      hanging.interrupt();
      assert.equal((await hanging.ended).exitCode, 130);
      assert.equal((await other).exitCode, 0);
    }));

  it("ends at what is no request", async () => {
    const driver = startDriver();
    driver.write(Buffer.from("settings list\n"));
    await assert.rejects(driver.done, RangeError);
  });
});
