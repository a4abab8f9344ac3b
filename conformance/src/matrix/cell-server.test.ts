import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { ServerTarget, StepResult } from "../attach/target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "../attach/temporary-directory.ts";
import { NotApplicable, TargetUnreachable } from "../runner/failure.ts";
import { allCells, type Cell } from "./cell.ts";
import { installCellServer } from "./cell-server.ts";

/** A server that writes down its steps, and answers those that `refused` matches with an exit code. */
function recordingServer(refused: RegExp, exitCode: number) {
  const steps: string[] = [];
  const step = async (...words: string[]): Promise<StepResult> => {
    const line = words.join(" ");
    steps.push(line);
    return { exitCode: refused.test(line) ? exitCode : 0, signal: null, stdout: "", stderr: "as it is" };
  };
  const begin = (): never => assert.fail("nothing is begun here");
  const target: ServerTarget = { install: async () => ({ home: "", begin, step }) };
  return { target, steps };
}

describe("a server of the matrix", () => {
  let directory: string;
  beforeEach(() => {
    directory = makeTemporaryDirectory("berth-cell-server-");
  });
  afterEach(() => removeTemporaryDirectory(directory));

  const cellOf = (wanted: Partial<Cell>): Cell => {
    const found = allCells().find((cell) =>
      Object.entries(wanted).every(([key, value]) => cell[key as keyof Cell] === value),
    );
    assert.ok(found);
    return found;
  };
  const install = (target: ServerTarget) => installCellServer(target, "one", new Date(), directory);

  it("is not applicable where it does not know the switch of server-identity, and is what it is without", async () => {
    const { target, steps } = recordingServer(/Server\.Identity/, 2);
    const server = await install(target);
    await server.prepare(cellOf({ agentVersion: 49, serverIdentity: false }), undefined, "127.0.0.1:1");
    assert.equal(steps.filter((step) => step.startsWith("agents add")).length, 1);
    await assert.rejects(
      server.prepare(cellOf({ agentVersion: 49, serverIdentity: true }), undefined, "127.0.0.1:1"),
      (error) => error instanceof NotApplicable && /step `settings set Server\.Identity on`/.test(error.message),
    );
  });

  it("is not applicable as another product than the one it always is, and goes on as its own", async () => {
    const { target, steps } = recordingServer(/Product BuildMaster/, 2);
    const server = await install(target);
    const own = cellOf({ product: "Otter", productVersion: "2.2.9" });
    await server.prepare(own, undefined, "127.0.0.1:1");
    await assert.rejects(server.prepare(cellOf({ product: "BuildMaster" }), undefined, "127.0.0.1:1"), NotApplicable);
    const before = steps.length;
    await server.prepare(own, undefined, "127.0.0.1:1");
    assert.deepEqual(steps.slice(before), ["agents add cell-2 127.0.0.1:1 --plaintext"]);
  });

  it("cannot be driven where it refuses what it knows, or does not know what every server has to", async () => {
    for (const [refused, exitCode] of [
      [/Server\.Identity on/, 1],
      [/Agent\.InstanceId/, 2],
      [/^agents add/, 2],
    ] as const) {
      const server = await install(recordingServer(refused, exitCode).target);
      await assert.rejects(
        server.prepare(cellOf({ agentVersion: 49, serverIdentity: true }), "id", "127.0.0.1:1"),
        (error) => error instanceof TargetUnreachable && /ended with \d: as it is/.test(error.message),
      );
    }
  });
});
