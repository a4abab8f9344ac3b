import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { PackageKind, type UpdateFileHeader } from "@berth/proto/messages/sync/v44/file";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  connectLegacyClient,
  EXTENSION,
  HOST,
  header,
  type LegacyCall,
  type LegacyClient,
} from "../testing/legacy-client.ts";
import { refusedWith } from "../testing/refused-with.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

const FILE = "extensions/Sample/lib/a.txt";

describe("a tree", () => {
  let agent: TestAgent;
  let client: LegacyClient;
  let call: LegacyCall;
  let tree: string;

  beforeEach(() => startAgainst({}));

  async function startAgainst(limits: { maxDataBytes?: number; syncIdleMs?: bigint }): Promise<void> {
    agent = await startTestAgent({ agentVersion: 46, limits });
    client = connectLegacyClient(agent.address);
    const { sessionToken, instanceName } = await agent.client.negotiate({ instanceId: "blue" });
    call = { sessionToken, instanceId: "blue" };
    tree = path.join(agent.root, "instances", instanceName, "tree");
  }

  afterEach(() => endAgent());

  async function endAgent(): Promise<void> {
    client[Symbol.dispose]();
    await agent[Symbol.asyncDispose]();
  }

  const update = (file: Partial<UpdateFileHeader>, content: string | Buffer) => client.update(call, file, content);
  const content = (file = FILE) => readFile(path.join(tree, file), "utf8");
  const incoming = () => readdir(path.join(tree, "../incoming")).catch(() => []);

  describe("that is updated", () => {
    it("has the file in its place, with its time, and lists it", async () => {
      await update({}, "alpha");
      await update({ package: HOST, path: "bin/host", executable: true, modifiedMs: 0n }, "#!/bin/sh\n");
      await update({ path: "empty" }, "");
      assert.equal(await content(), "alpha");
      assert.equal(await content("extensions/Sample/empty"), "");
      assert.equal((await stat(path.join(tree, "hosts/sample-host/bin/host"))).mode & 0o777, 0o755);
      assert.equal((await stat(path.join(tree, FILE))).mode & 0o777, 0o644);
      assert.deepEqual(
        await client.list(call),
        new Map([
          [FILE, 1_700_000_000_123n],
          ["extensions/Sample/empty", 1_700_000_000_123n],
          ["hosts/sample-host/bin/host", 0n],
        ]),
      );
    });

    it("has the new file over the old, in several pieces and with another time, and every other file as before", async () => {
      await update({ path: "lib/b.txt" }, "beta");
      await update({ executable: true }, "alpha");
      const raw = client.openUpdate();
      raw.send({ $case: "header", value: header(call, { sizeBytes: 4n, modifiedMs: 5n }) });
      for (const piece of ["ga", "mm"]) raw.send({ $case: "content", value: Buffer.from(piece) });
      raw.end();
      await raw.answer;
      assert.deepEqual([await content(), await content("extensions/Sample/lib/b.txt")], ["gamm", "beta"]);
      assert.equal((await stat(path.join(tree, FILE))).mode & 0o777, 0o644);
      assert.equal((await client.list(call)).get(FILE), 5n);
    });

    it("gives back every time it took to the millisecond", async () => {
      for (const modifiedMs of [1n, 999n, 1_234_567_890_001n, 1_700_000_000_999n, 4_102_444_799_999n]) {
        await update({ modifiedMs }, "alpha");
        assert.equal((await client.list(call)).get(FILE), modifiedMs);
      }
    });

    it("is listed in pages", async () => {
      assert.deepEqual(await client.pages(call), []);
      await mkdir(path.join(tree, "extensions/Sample"), { recursive: true });
      for (let file = 0; file < 2_050; file++) await writeFile(path.join(tree, "extensions/Sample", `${file}`), "");
      assert.deepEqual(await client.pages(call), [2_048, 2]);
    });

    it("is listed across packages without a page for each", async () => {
      for (const name of ["A", "B", "C"]) await update({ package: { ...EXTENSION, name } }, name);
      assert.deepEqual(await client.pages(call), [3]);
    });

    it("keeps one directory for packages that differ only by case, and one for each kind", async () => {
      await update({ path: "a" }, "alpha");
      await update({ path: "b", package: { ...EXTENSION, name: "sAMPLE" } }, "beta");
      await update({ path: "c", package: { ...HOST, name: "Sample" } }, "gamma");
      assert.deepEqual([...(await client.list(call)).keys()].sort(), [
        "extensions/Sample/a",
        "extensions/Sample/b",
        "hosts/Sample/c",
      ]);
    });

    it("lets two updates of one file go on at once, and keeps that which ended last, whole", async () => {
      const [first, second] = [client.openUpdate(), client.openUpdate()];
      first.send({ $case: "header", value: header(call, { sizeBytes: 10n, modifiedMs: 1n }) });
      second.send({ $case: "header", value: header(call, { sizeBytes: 10n, modifiedMs: 2n }) });
      for (const [one, piece] of [
        [first, "aaaaa"],
        [second, "bbbbb"],
        [second, "bbbbb"],
      ] as const) {
        one.send({ $case: "content", value: Buffer.from(piece) });
      }
      second.end();
      await second.answer;
      assert.equal(await content(), "bbbbbbbbbb");
      first.send({ $case: "content", value: Buffer.from("aaaaa") });
      first.end();
      await first.answer;
      assert.equal(await content(), "aaaaaaaaaa");
      assert.equal((await client.list(call)).get(FILE), 1n);
      assert.deepEqual(await incoming(), []);
    });

    it("makes one of two updates at once fail that cannot both be", async () => {
      const below = client.openUpdate();
      below.send({ $case: "header", value: header(call, { path: "a/b", sizeBytes: 4n }) });
      below.send({ $case: "content", value: Buffer.from("beta") });
      // Its place has been judged when its file is begun.
      while ((await incoming()).length === 0) await client.list(call);
      await update({ path: "a" }, "alpha");
      below.end();
      await refusedWith("ERROR_CODE_PATH_REFUSED", below.answer);
      assert.equal(await content("extensions/Sample/a"), "alpha");
      assert.deepEqual(await incoming(), []);
    });
  });

  describe("leaves a file as it was", () => {
    beforeEach(() => update({}, "alpha"));

    afterEach(async () => {
      assert.equal(await content(), "alpha");
      assert.equal((await client.list(call)).get(FILE), 1_700_000_000_123n);
      assert.deepEqual(await incoming(), []);
    });

    it("when its update ends too early or has too much, or anything else but a header and its content", async () => {
      const good = { $case: "header", value: header(call, { sizeBytes: 5n, modifiedMs: 7n }) } as const;
      const piece = (text: string) => ({ $case: "content", value: Buffer.from(text) }) as const;
      for (const parts of [
        [],
        [piece("gamma")],
        [undefined],
        [good],
        [good, piece("gamm")],
        [good, piece("gamma!")],
        [good, piece("gamma"), piece("!")],
        [good, good],
        [good, piece("gamma"), good],
        [good, piece("gamma"), undefined],
        [good, piece("gamma"), piece("")],
      ]) {
        const raw = client.openUpdate();
        for (const part of parts) raw.send(part);
        raw.end();
        await refusedWith("ERROR_CODE_UNEXPECTED_MESSAGE", raw.answer);
      }
    });

    it("when its caller cancels, and removes what had come", async () => {
      const raw = client.openUpdate();
      raw.send({ $case: "header", value: header(call, { sizeBytes: 10n }) });
      raw.send({ $case: "content", value: Buffer.from("gamma") });
      while ((await incoming()).length === 0) await client.list(call);
      raw.cancel();
      await assert.rejects(raw.answer);
      while ((await incoming()).length > 0) await client.list(call);
    });
  });

  it("removes at the start what broken updates left", async () => {
    await update({}, "alpha");
    await agent.client.negotiate({ instanceId: "blue" });
    const left = path.join(tree, "../incoming/left");
    await writeFile(left, "half");
    client[Symbol.dispose]();
    await agent.restart();
    client = connectLegacyClient(agent.address);
    assert.deepEqual(await incoming(), []);
    const { sessionToken } = await agent.client.negotiate({ instanceId: "blue" });
    assert.equal((await client.list({ ...call, sessionToken })).size, 1);
  });

  describe("refuses", () => {
    const refused = async (code: Parameters<typeof refusedWith>[0], file: Partial<UpdateFileHeader>) => {
      const refusal = await refusedWith(code, update(file, "alpha"));
      assert.deepEqual([...(await client.list(call)).keys()], []);
      return refusal;
    };

    for (const [rule, refusedPath] of [
      ["empty-segment", "/etc/passwd"],
      ["dot-segment", "../../escaped"],
      ["forbidden-character", "a\\b"],
      ["trailing-dot-or-space", "a."],
      ["too-long", "a".repeat(256)],
      ["not-normalized", "e\u0301"],
      ["reserved-name", "NUL.txt"],
    ] as const) {
      it(`a path for ${rule}`, async () => {
        const refusal = await refused("ERROR_CODE_PATH_REFUSED", { path: refusedPath });
        assert.equal(refusal.details.rule, rule);
      });
    }

    it("a package without kind or with a name outside its rule, even where the path is refused too", async () => {
      for (const named of [
        undefined,
        { kind: PackageKind.PACKAGE_KIND_UNSPECIFIED, name: "Sample" },
        { kind: 7 as PackageKind, name: "Sample" },
      ]) {
        const refusal = await refused("ERROR_CODE_MALFORMED_REQUEST", { package: named, path: "../x" });
        assert.equal(refusal.details.field, "package.kind");
      }
      for (const name of ["", "..", "a/b", "NUL", "x".repeat(101), "ä"]) {
        const refusal = await refused("ERROR_CODE_MALFORMED_REQUEST", {
          package: { ...EXTENSION, name },
          path: "../x",
        });
        assert.equal(refusal.details.field, "package.name");
      }
    });

    it("a time before 1970 and one that the system does not take", async () => {
      for (const modifiedMs of [-1n, -(2n ** 63n), 2n ** 63n - 1n]) {
        const refusal = await refused("ERROR_CODE_MALFORMED_REQUEST", { modifiedMs });
        assert.equal(refusal.details.field, "modified_ms");
      }
      assert.deepEqual(await incoming(), []);
    });

    it("a path that is a folder of the tree, or lies below a file of it", async () => {
      await update({}, "alpha");
      for (const taken of ["lib", `lib/a.txt/b`, "lib/a.txt/b/c"]) {
        const refusal = await refusedWith("ERROR_CODE_PATH_REFUSED", update({ path: taken }, "beta"));
        assert.equal(refusal.details.rule, "collision");
      }
      assert.equal(await content(), "alpha");
    });

    it("to follow a link out of the tree, and replaces one that stands in a file's place", async () => {
      const outside = path.join(agent.root, "outside");
      await mkdir(outside);
      await writeFile(path.join(outside, "secret"), "secret");
      await update({}, "alpha");
      await symlink(outside, path.join(tree, "extensions/Sample/out"));
      await symlink(path.join(outside, "secret"), path.join(tree, "extensions/Sample/secret"));
      await symlink(outside, path.join(tree, "extensions/Out"));
      await refusedWith("ERROR_CODE_PATH_REFUSED", update({ path: "out/new" }, "beta"));
      await refusedWith("ERROR_CODE_PATH_REFUSED", update({ package: { ...EXTENSION, name: "out" } }, "beta"));
      assert.deepEqual([...(await client.list(call)).keys()], [FILE]);
      await update({ path: "secret" }, "beta");
      assert.equal(await content("extensions/Sample/secret"), "beta");
      assert.equal(await readFile(path.join(outside, "secret"), "utf8"), "secret");
      assert.deepEqual(await readdir(outside), ["secret"]);
    });

    it("content over the limit in one message, and takes what is at it", async () => {
      await endAgent();
      await startAgainst({ maxDataBytes: 65_536 });
      const refusal = await refusedWith("ERROR_CODE_LIMIT_EXCEEDED", update({}, Buffer.alloc(65_537)));
      assert.equal(refusal.details.limit, "max_data_bytes");
      await update({}, Buffer.alloc(65_536));
    });

    it("an update that falls silent, before its header, in its content and behind it", async () => {
      await endAgent();
      await startAgainst({ syncIdleMs: 50n });
      const good = { $case: "header", value: header(call, { sizeBytes: 1n }) } as const;
      for (const parts of [[], [good], [good, { $case: "content", value: Buffer.from("a") } as const]]) {
        const raw = client.openUpdate();
        for (const part of parts) raw.send(part);
        await refusedWith("ERROR_CODE_SYNC_IDLE", raw.answer);
      }
      assert.deepEqual([...(await client.list(call)).keys()], []);
    });

    it("an InstanceId outside its rule or below the product's minimum, before it looks at the package", async () => {
      const bad = { package: undefined };
      await refusedWith("ERROR_CODE_INVALID_INSTANCE_ID", client.update({ ...call, instanceId: "ä" }, bad, ""));
      await refusedWith("ERROR_CODE_INVALID_INSTANCE_ID", client.list({ ...call, instanceId: "ä" }));
      const { sessionToken } = await agent.client.negotiate({ productVersion: "6.1.19" });
      const below = { sessionToken, instanceId: "blue" };
      await refusedWith("ERROR_CODE_INSTANCING_UNSUPPORTED", client.update(below, bad, ""));
      await refusedWith("ERROR_CODE_SESSION_UNKNOWN", client.update({ sessionToken: "x", instanceId: "ä" }, bad, ""));
    });

    it("with STORAGE_FAILED when its disk fails", async () => {
      await writeFile(path.join(tree, "../incoming"), "in the way");
      await refusedWith("ERROR_CODE_STORAGE_FAILED", update({}, "alpha"));
    });
  });

  it("lists a file that its time was taken from with the time it has", async () => {
    await update({}, "alpha");
    await utimes(path.join(tree, FILE), 12.5, 12.5);
    assert.equal((await client.list(call)).get(FILE), 12_500n);
  });
});
