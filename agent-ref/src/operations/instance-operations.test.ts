import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  assertRefused,
  isAlive,
  read,
  readToEnd,
  start,
  TestingPlace,
  until,
  untilOutput,
} from "./testing-place.test.ts";

const waitForever = "while :; do sleep 1; done";

describe("the operations of an instance", () => {
  let place: TestingPlace;

  beforeEach(async () => {
    place = await TestingPlace.make();
  });

  afterEach(async () => {
    await place.remove();
  });

  describe("start", () => {
    it("answers a short operation in one call, with its output and exit code", async () => {
      const operations = await place.open();
      const generation = await place.shellHost('echo "ran $*"; exit 3');
      const { status, output, nextCursor } = await operations.start(start(generation, { arguments: ["a b", "", "ü"] }));
      assert.equal(status.state, OperationState.OPERATION_STATE_EXITED);
      assert.equal(status.exitCode, 3);
      assert.equal(Buffer.from(output[0]!.data).toString(), "ran Work a b  ü\n");
      assert.equal(nextCursor, status.outputBytes);
      assert.deepEqual(status.manifestDigest, generation.manifestDigest);
    });

    it("gives the host its environment and nothing of the agent's own", async () => {
      process.env.BERTH_TEST_SECRET = "key";
      const operations = await place.open();
      const operationId = randomUUID();
      const generation = await place.shellHost("env; pwd; ls -A | wc -l; cat");
      const { status } = await operations.start(start(generation, { operationId }));
      delete process.env.BERTH_TEST_SECRET;
      const { stdout } = await readToEnd(operations, operationId);
      const lines = stdout.toString().split("\n");
      const work = join(place.workDirectory, operationId);
      for (const line of [
        `BERTH_EXTENSIONS=${generation.extensionsDirectory}`,
        `BERTH_WORK=${work}`,
        `BERTH_OPERATION_ID=${operationId}`,
        `TMPDIR=${work}`,
        `TEMP=${work}`,
        work,
        "0",
      ]) {
        assert.ok(lines.includes(line), line);
      }
      assert.ok(!stdout.includes("BERTH_TEST_SECRET"));
      assert.ok(!lines.some((line) => line.startsWith("HOME=")));
      assert.equal(status.state, OperationState.OPERATION_STATE_EXITED);
    });

    it("removes the work directory at the end, whatever is in it", async () => {
      const operations = await place.open();
      await operations.start(start(await place.shellHost("mkdir -p a/b; echo x > a/b/c")));
      assert.deepEqual(await readdir(place.workDirectory), []);
    });

    it("starts nothing twice for the same id, also at one time and in another case", async () => {
      const operations = await place.open();
      const generation = await place.shellHost(`echo x >> ${place.root}/count`);
      const request = start(generation);
      const answers = await Promise.all([
        operations.start(request),
        operations.start({ ...request, operationId: request.operationId.toUpperCase() }),
        operations.start({ ...request, generation: undefined, timeoutMs: 5n }),
      ]);
      assert.equal(await readFile(join(place.root, "count"), "utf8"), "x\n");
      for (const { status } of answers) assert.equal(status.operationId, request.operationId);
    });

    it("refuses a known id with another name or other arguments", async () => {
      const operations = await place.open();
      const request = start(await place.shellHost("exit 0"), { arguments: ["a", "b"] });
      await operations.start(request);
      await assertRefused(operations.start({ ...request, name: "Other" }), "OPERATION_ID_REUSED", "OP-011");
      await assertRefused(operations.start({ ...request, arguments: ["a b"] }), "OPERATION_ID_REUSED", "OP-011");
    });

    it("refuses what is outside its rule, in the order of the specification", async () => {
      const operations = await place.open();
      const generation = await place.shellHost("exit 0");
      const withoutHost = { ...generation, host: undefined };
      const refused = (wanted: Parameters<typeof start>[1], code: string, clause: string) =>
        assertRefused(operations.start(start(generation, wanted)), code, clause);
      await refused({ operationId: "1", generation: undefined }, "INVALID_OPERATION_ID", "OP-014");
      await refused({ operationId: "00000000-0000-0000-0000-000000000000" }, "INVALID_OPERATION_ID", "OP-014");
      await refused({ name: "", generation: undefined }, "INVALID_ARGUMENTS", "OP-012");
      await refused({ generation: undefined }, "NO_GENERATION", "OP-001");
      await refused({ generation: withoutHost }, "NO_HOST", "OP-003");
      await refused({ name: "ü".repeat(129) }, "INVALID_ARGUMENTS", "OP-012");
      await refused({ name: "a\u0085b" }, "INVALID_ARGUMENTS", "OP-012");
      await refused({ arguments: ["a\0b"] }, "INVALID_ARGUMENTS", "OP-012");
      await refused({ name: "abcd", arguments: ["x".repeat(4_093)] }, "LIMIT_EXCEEDED", "HS-030");
      const atTheLimit = await operations.start(
        start(generation, { name: "ü".repeat(128), arguments: ["x".repeat(3_840)] }),
      );
      assert.equal(atTheLimit.status.state, OperationState.OPERATION_STATE_EXITED);
      assert.equal(generation.holds(), 0);
    });

    it("refuses more running operations than the limit, and takes one again when one has ended", async () => {
      const operations = await place.open({ maxOperations: 1 });
      const generation = await place.shellHost(waitForever);
      const first = start(generation, { waitMs: 0n });
      await operations.start(first);
      const refusal = await assertRefused(operations.start(start(generation)), "TOO_MANY_OPERATIONS", "OP-016");
      assert.equal(refusal.details.maximum, "1");
      await operations.abandon(first.operationId);
      const { status } = await operations.start(start(generation, { waitMs: 0n }));
      assert.equal(status.state, OperationState.OPERATION_STATE_RUNNING);
    });

    it("refuses with STORAGE_FAILED when the record cannot be written, and starts nothing", async () => {
      const operations = await place.open();
      const generation = await place.shellHost(`touch ${place.root}/ran`);
      const request = start(generation);
      await writeFile(join(place.directory, request.operationId), "in the way");
      const refusal = await assertRefused(operations.start(request), "STORAGE_FAILED", "OP-010");
      assert.equal(refusal.phase, "MAY_HAVE_STARTED");
      assert.equal(generation.holds(), 0);
      const again = await operations.start(request);
      assert.equal(again.status.state, OperationState.OPERATION_STATE_EXITED);
    });

    it("stops waiting when the caller has gone, and goes on running", async () => {
      const operations = await place.open();
      const caller = new AbortController();
      const request = start(await place.shellHost(`until [ -e ${place.root}/go ]; do sleep 0.01; done; exit 5`), {
        waitSignal: caller.signal,
      });
      const answer = operations.start(request);
      caller.abort();
      assert.equal((await answer).status.state, OperationState.OPERATION_STATE_RUNNING);
      await writeFile(join(place.root, "go"), "");
      assert.equal((await readToEnd(operations, request.operationId)).status.exitCode, 5);
    });
  });

  describe("a host that cannot be run", () => {
    for (const [what, text, mode] of [
      ["is not executable", "#!/bin/sh\n", 0o644],
      ["has an interpreter that does not exist", "#!/no/such/interpreter\n", 0o755],
      ["is empty", "", 0o755],
      ["is no program", "not a program", 0o755],
      ["is a damaged program", `\x7fELF${"\x7f".repeat(200)}`, 0o755],
      ["is a program for another processor", `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x02\0\x08\0`, 0o755],
    ] as const) {
      it(`gives HOST_NOT_STARTED with a reason when it ${what}`, async () => {
        const operations = await place.open();
        const generation = await place.host(text, mode);
        const { status } = await operations.start(start(generation));
        assert.equal(status.state, OperationState.OPERATION_STATE_HOST_NOT_STARTED);
        assert.match(status.reason, /test-host 1\.0\.0/);
        assert.ok(!status.reason.includes(place.root));
        await until(() => generation.holds() === 0, "the generation is let go");
        assert.deepEqual(await readdir(place.workDirectory), []);
      });
    }
  });

  describe("end", () => {
    it("names the signal of a host that died, and lets its neighbour run", async () => {
      const operations = await place.open();
      const neighbour = start(await place.shellHost(`until [ -e ${place.root}/go ]; do sleep 0.01; done`), {
        waitMs: 0n,
      });
      await operations.start(neighbour);
      const { status } = await operations.start(start(await place.shellHost("kill -SEGV $$")));
      assert.equal(status.state, OperationState.OPERATION_STATE_HOST_DIED);
      assert.match(status.reason, /SIGSEGV/);
      await writeFile(join(place.root, "go"), "");
      assert.equal(
        (await readToEnd(operations, neighbour.operationId)).status.state,
        OperationState.OPERATION_STATE_EXITED,
      );
    });

    it("asks a cancelled host to end, and keeps what it says last", async () => {
      const operations = await place.open();
      const host = `trap 'echo bye; exit 0' TERM; echo ready; ${waitForever.replace("sleep 1", "sleep 0.01")}`;
      const request = start(await place.shellHost(host), { waitMs: 0n });
      await operations.start(request);
      await untilOutput(operations, request.operationId, "ready");
      await operations.cancel(request.operationId, 20_000n);
      const { status, stdout } = await readToEnd(operations, request.operationId);
      assert.equal(status.state, OperationState.OPERATION_STATE_CANCELLED);
      assert.notEqual(status.reason, "");
      assert.equal(stdout.toString(), "ready\nbye\n");
      const again = await operations.cancel(request.operationId, 0n);
      assert.equal(again.state, OperationState.OPERATION_STATE_CANCELLED);
    });

    it("ends a cancelled host that ignores the request by force, with what it started, in whatever session that is", async () => {
      const operations = await place.open();
      const generation = await place.host(`#!${process.execPath}
        const { spawn } = require("node:child_process");
        process.on("SIGTERM", () => {});
        const child = spawn("/bin/sh", ["-c", "trap '' TERM; ${waitForever}"], { detached: true, stdio: "ignore" });
        console.log("[" + process.pid + "," + child.pid + "]");
        setInterval(() => {}, 1000);
      `);
      const request = start(generation, { waitMs: 0n });
      await operations.start(request);
      await untilOutput(operations, request.operationId, "]");
      await operations.cancel(request.operationId, 20n);
      const { status, stdout } = await readToEnd(operations, request.operationId);
      assert.equal(status.state, OperationState.OPERATION_STATE_CANCELLED);
      for (const pid of JSON.parse(stdout.toString())) assert.equal(await isAlive(pid), false);
      await until(() => generation.holds() === 0, "the generation is let go");
    });

    it("lets a later cancel shorten the grace of an earlier one", async () => {
      const operations = await place.open();
      const request = start(await place.shellHost(`trap '' TERM; echo ready; ${waitForever}`), { waitMs: 0n });
      await operations.start(request);
      await untilOutput(operations, request.operationId, "ready");
      await operations.cancel(request.operationId, 2n ** 64n - 1n);
      await operations.cancel(request.operationId, 0n);
      assert.equal(
        (await readToEnd(operations, request.operationId)).status.state,
        OperationState.OPERATION_STATE_CANCELLED,
      );
    });

    it("has given an operation up when an abandon answers, and freezes its output", async () => {
      const operations = await place.open();
      const generation = await place.shellHost(`trap '' TERM; echo ready; while :; do echo more; done`);
      const request = start(generation, { waitMs: 0n });
      await operations.start(request);
      await untilOutput(operations, request.operationId, "ready");
      const status = await operations.abandon(request.operationId);
      assert.equal(status.state, OperationState.OPERATION_STATE_ABANDONED);
      await until(() => generation.holds() === 0, "the generation is let go");
      assert.deepEqual((await read(operations, request.operationId)).status, status);
      assert.equal((await operations.abandon(request.operationId)).state, OperationState.OPERATION_STATE_ABANDONED);
      assert.deepEqual(await readdir(place.workDirectory), []);
    });

    it("ends an operation whose time is up, and tells so", async () => {
      const operations = await place.open({ maxOperationMs: 30n });
      for (const timeoutMs of [0n, 20n, 1_000_000n]) {
        const { status } = await operations.start(start(await place.shellHost(waitForever), { timeoutMs }));
        assert.equal(status.state, OperationState.OPERATION_STATE_TIMED_OUT);
        assert.match(status.reason, timeoutMs === 20n ? /20 ms/ : /30 ms/);
      }
    });

    it("holds its generation from the start until the process is gone", async () => {
      const operations = await place.open();
      const generation = await place.shellHost(`until [ -e ${place.root}/go ]; do sleep 0.01; done`);
      const request = start(generation, { waitMs: 0n });
      await operations.start(request);
      assert.equal(generation.holds(), 1);
      assert.equal(operations.runningCount, 1);
      await writeFile(join(place.root, "go"), "");
      await readToEnd(operations, request.operationId);
      await until(() => generation.holds() === 0 && operations.runningCount === 0, "the generation is let go");
    });

    it("waits for a host that closes its output and lives on", async () => {
      const operations = await place.open();
      const host = `echo out; exec >&- 2>&-; touch ${place.root}/closed; until [ -e ${place.root}/go ]; do sleep 0.01; done; exit 4`;
      const request = start(await place.shellHost(host), { waitMs: 0n });
      await operations.start(request);
      await until(async () => (await readdir(place.root)).includes("closed"), "the host has closed its output");
      const { status } = await operations.start({ ...request, waitMs: 0n });
      assert.equal(status.state, OperationState.OPERATION_STATE_RUNNING);
      await writeFile(join(place.root, "go"), "");
      assert.equal((await readToEnd(operations, request.operationId)).status.exitCode, 4);
    });

    it("does not hang on a process that keeps the output open after the host's end, and ends it", async () => {
      const operations = await place.open();
      const generation = await place.shellHost(`(${waitForever}) & echo $!`);
      const { status, output } = await operations.start(start(generation));
      assert.equal(status.state, OperationState.OPERATION_STATE_EXITED);
      const pid = Number(Buffer.from(output[0]!.data).toString());
      await until(async () => !(await isAlive(pid)), "what the host left is ended");
    });
  });

  describe("output", () => {
    it("is answered in order, byte for byte, with each stream marked, whatever the size of a read", async () => {
      const operations = await place.open();
      const generation = await place.shellHost("printf '\\000\\377\\n'; printf 'err' >&2; printf 'out'");
      const { status } = await operations.start(start(generation));
      for (const maxBytes of [0, 1, 2, 5]) {
        const { stdout, stderr } = await readToEnd(operations, status.operationId, maxBytes);
        assert.deepEqual(stdout, Buffer.from([0, 255, 10, 111, 117, 116]));
        assert.equal(stderr.toString(), "err");
      }
    });

    it("begins at any byte of a run", async () => {
      const operations = await place.open();
      const { status } = await operations.start(start(await place.shellHost("printf '\\000\\377\\n'")));
      const { output, nextCursor } = await read(operations, status.operationId, 1n, 1);
      assert.deepEqual(
        output.map(({ data }) => [...data]),
        [[255]],
      );
      assert.equal(nextCursor, 2n);
    });

    it("of a flood is kept up to the limit, marked truncated, and the operation goes on", async () => {
      const operations = await place.open({ maxOutputBytes: 100_000n });
      const { status } = await operations.start(start(await place.shellHost("yes | head -c 5000000; exit 6")));
      assert.equal(status.state, OperationState.OPERATION_STATE_EXITED);
      assert.equal(status.exitCode, 6);
      assert.equal(status.outputBytes, 100_000n);
      assert.equal(status.outputTruncated, true);
      const { stdout } = await readToEnd(operations, status.operationId);
      assert.equal(stdout.toString(), "y\n".repeat(50_000));
    });

    it("that ends at the limit exactly is not truncated", async () => {
      const operations = await place.open({ maxOutputBytes: 4n });
      const { status } = await operations.start(start(await place.shellHost("printf abcd")));
      assert.deepEqual([status.outputBytes, status.outputTruncated], [4n, false]);
    });

    it("larger than one answer is complete", async () => {
      const operations = await place.open();
      const { status } = await operations.start(start(await place.shellHost("head -c 20000000 /dev/zero")));
      assert.equal(status.outputBytes, 20_000_000n);
      const first = await read(operations, status.operationId);
      assert.ok(first.nextCursor < status.outputBytes);
      assert.equal((await readToEnd(operations, status.operationId)).stdout.length, 20_000_000);
    });

    it("that the disk lost is refused with STORAGE_FAILED, never answered short", async () => {
      const operations = await place.open();
      const { status } = await operations.start(start(await place.shellHost("printf abc")));
      await writeFile(join(place.directory, status.operationId, "output"), "a");
      await assertRefused(read(operations, status.operationId), "STORAGE_FAILED", "OP-020");
    });

    it("wakes a reader as soon as it comes", async () => {
      const operations = await place.open();
      const request = start(
        await place.shellHost(`until [ -e ${place.root}/go ]; do sleep 0.01; done; echo news; ${waitForever}`),
        {
          waitMs: 0n,
        },
      );
      await operations.start(request);
      const answer = read(operations, request.operationId);
      await writeFile(join(place.root, "go"), "");
      const { status, nextCursor } = await answer;
      assert.equal(status.state, OperationState.OPERATION_STATE_RUNNING);
      assert.equal(nextCursor, 5n);
    });

    it("is refused beyond its end and for an operation the instance does not have", async () => {
      const operations = await place.open();
      const { status } = await operations.start(start(await place.shellHost("printf abc")));
      const refusal = await assertRefused(read(operations, status.operationId, 4n), "INVALID_CURSOR", "OP-023");
      assert.equal(refusal.details.output_bytes, "3");
      await assertRefused(read(operations, status.operationId, 2n ** 64n - 1n), "INVALID_CURSOR", "OP-023");
      await assertRefused(read(operations, randomUUID()), "OPERATION_UNKNOWN", "OP-026");
      await assertRefused(operations.cancel(randomUUID(), 0n), "OPERATION_UNKNOWN", "OP-026");
      await assertRefused(operations.abandon(randomUUID()), "OPERATION_UNKNOWN", "OP-026");
      await assertRefused(operations.abandon("x"), "INVALID_OPERATION_ID", "OP-014");
    });
  });

  describe("after a restart of the agent", () => {
    it("answers with the result and the same output as before", async () => {
      const before = await place.open();
      const request = start(await place.shellHost("echo out; echo err >&2; exit 9"));
      await before.start(request);
      const known = await readToEnd(before, request.operationId);
      await before.close();
      const after = await place.open();
      assert.deepEqual(await readToEnd(after, request.operationId), known);
      assert.deepEqual((await after.start(request)).status, known.status);
      await assertRefused(after.start({ ...request, name: "Other" }), "OPERATION_ID_REUSED", "OP-011");
    });

    it("says UNKNOWN_AFTER_RESTART for what ran, keeps its output, and has ended its processes", async () => {
      const before = await place.open();
      const request = start(await place.shellHost(`echo $$; ${waitForever}`), { waitMs: 0n });
      await before.start(request);
      await untilOutput(before, request.operationId, "\n");
      await before.close();
      await assertRefused(before.start(start(request.generation)), "INTERNAL", "OP-041");
      const after = await place.open();
      const { status, stdout } = await readToEnd(after, request.operationId);
      assert.equal(status.state, OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART);
      assert.notEqual(status.reason, "");
      assert.equal(await isAlive(Number(stdout.toString())), false);
      assert.deepEqual(await readdir(place.workDirectory), []);
    });

    it("tolerates every kind of damage to a record", async () => {
      const damages: Record<string, string> = {
        empty: "",
        "cut short": '{"format":1,"oper',
        "of another shape": "[]",
        "of another operation": JSON.stringify({
          format: 1,
          operationId: randomUUID(),
          state: "EXITED",
          exitCode: 0,
          reason: "",
          startedAtMs: 1,
        }),
      };
      const ids = new Map<string, string>();
      for (const [what, text] of Object.entries(damages)) {
        const id = randomUUID();
        ids.set(what, id);
        await mkdir(join(place.directory, id), { recursive: true });
        await writeFile(join(place.directory, id, "state.json"), text);
        await writeFile(join(place.directory, id, "output"), "unindexed");
      }
      await mkdir(join(place.directory, "not an operation"));
      for (const life of [1, 2]) {
        const operations = await place.open();
        for (const [what, operationId] of ids) {
          const { status, stdout } = await readToEnd(operations, operationId);
          assert.equal(status.state, OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART, `${what} in life ${life}`);
          assert.match(status.reason, /record/);
          assert.equal(stdout.length, 0);
          const repeat = await operations.start(start(undefined, { operationId }));
          assert.equal(repeat.status.state, OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART);
        }
        await operations.close();
      }
    });

    it("keeps no operation that ended long ago, and nothing of one that was being removed", async () => {
      const before = await place.open();
      const old = await before.start(start(await place.shellHost("exit 0")));
      const young = await before.start(start(await place.shellHost("exit 0")));
      await before.close();
      const recordFile = join(place.directory, old.status.operationId, "state.json");
      const record = JSON.parse(await readFile(recordFile, "utf8"));
      await writeFile(
        recordFile,
        JSON.stringify({ ...record, endedAtMs: record.endedAtMs - 8 * 24 * 60 * 60 * 1_000 }),
      );
      await mkdir(join(place.directory, `removed-${randomUUID()}`));
      const after = await place.open();
      await assertRefused(read(after, old.status.operationId), "OPERATION_UNKNOWN", "OP-026");
      assert.deepEqual(await readdir(place.directory), [young.status.operationId]);
    });

    it("starts an operation whose first start did not get as far as its record", async () => {
      const operationId = randomUUID();
      await mkdir(join(place.directory, operationId), { recursive: true });
      await writeFile(join(place.directory, operationId, "state.json.1.new"), "{");
      const operations = await place.open();
      await assertRefused(read(operations, operationId), "OPERATION_UNKNOWN", "OP-026");
      const { status } = await operations.start(start(await place.shellHost("exit 0"), { operationId }));
      assert.equal(status.state, OperationState.OPERATION_STATE_EXITED);
    });
  });
});
