import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { TargetUnreachable } from "../runner/failure.ts";
import type { AttachedServer } from "./server-by-command.ts";
import { serverByDriver } from "./server-by-driver.ts";

/** Programs that answer as a driver does or does not. The messages are written byte by byte, by hand. */
const programs = {
  /** Answers every step with the output "hi" and the exit code 7: step_id 1, output {stdout, "hi"}; step_id 1, end {7}. */
  faithful: `process.stdin.once("data", () => process.stdout.write(Buffer.from(
    "0000000a" + "0801" + "12060801" + "12026869" + "00000006" + "0801" + "1a020807", "hex")));
    process.stdin.on("end", () => process.exit())`,
  /** The same in pieces of one byte. */
  trickling: `process.stdin.once("data", () => { for (const byte of Buffer.from(
    "0000000a" + "0801" + "12060801" + "12026869" + "00000006" + "0801" + "1a020807", "hex")) process.stdout.write(Buffer.of(byte)); });
    process.stdin.on("end", () => process.exit())`,
  rubbish: `console.log("hello, I am no driver")`,
  unaskedFor: `process.stdin.once("data", () => process.stdout.write(Buffer.from("0000000608091a020807", "hex")))`,
  dying: `console.error("out of ideas"); process.exit(3)`,
};

describe("a server by driver", () => {
  let server: AttachedServer | undefined;
  afterEach(() => server?.stop());

  async function step(program: string, stepMs = 10_000) {
    server = serverByDriver({ command: [process.execPath, "-e", program], stepMs });
    return (await server.install()).step("sync", "far");
  }

  for (const name of ["faithful", "trickling"] as const) {
    it(`gives a step's output and exit code, from a ${name} program`, async () => {
      const { exitCode, stdout, stderr } = await step(programs[name]);
      assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 7, stdout: "hi", stderr: "" });
    });
  }

  it("is unreachable when the program writes rubbish", async () => {
    await assert.rejects(step(programs.rubbish), (error) => {
      assert.ok(error instanceof TargetUnreachable);
      assert.match(error.message, /no DriverResponse/);
      return true;
    });
  });

  it("is unreachable when the program answers a step that is not under way", async () => {
    await assert.rejects(step(programs.unaskedFor), /step 9 is not under way/);
  });

  it("is unreachable when the program ends, and shows what it said last", async () => {
    await assert.rejects(step(programs.dying), /has ended \(3\)[\s\S]*out of ideas/);
  });

  it("is unreachable when there is no such program", async () => {
    server = serverByDriver({ command: ["/nonexistent/driver"], stepMs: 10_000 });
    const installation = await server.install();
    await assert.rejects(async () => installation.step("sync", "far"), /cannot be started/);
  });

  it("blames a step that does not end", async () => {
    await assert.rejects(step("setInterval(() => {}, 1000)", 300), { name: "ConformanceFailure" });
  });
});
