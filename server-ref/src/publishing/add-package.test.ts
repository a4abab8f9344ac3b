import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { utimesSync, writeFileSync } from "node:fs";
import { mkdir, open, readdir, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { ExitCode } from "../errors/exit-code.ts";
import { Failure } from "../errors/failure.ts";
import { filesOf, findPackage, listPackages, type PackageKind, usePackage } from "../home/packages.ts";
import { withServerHome } from "../home/server-home.ts";
import { type TemporaryServer, withTemporaryServer } from "../testing/temporary-server.ts";
import { addPackage } from "./add-package.ts";
import { openPack } from "./pack-reader.ts";
import { removePackage } from "./remove-package.ts";

function add(
  server: TemporaryServer,
  directory: string,
  more: { kind?: PackageKind; entry?: string; name?: string; version?: string } = {},
) {
  const { kind = "extension", name = "One", version = "1", entry } = more;
  return addPackage(server.home, { directory, kind, name, version, entry }, () => {}, new AbortController().signal);
}

async function assertRefused(adding: Promise<unknown>, exitCode: number, words: RegExp): Promise<void> {
  await assert.rejects(adding, (error) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, exitCode);
    assert.match(error.message, words);
    return true;
  });
}

const key = { kind: "extension", name: "One", version: "1" } as const;

describe("adding a package", () => {
  it("packs small contents together, cuts large ones, and keeps each once", async () => {
    await withTemporaryServer(async (server) => {
      const large = randomBytes(2.5 * 1024 * 1024);
      const directory = await server.writeFiles("p", {
        "a.txt": "same",
        "b/c.txt": "same",
        "d.txt": "d",
        empty: "",
        "large.bin": large,
      });
      const added = await add(server, directory);
      assert.equal(added.fileCount, 5);
      assert.ok(added.loaded);
      await using pack = await openPack(server.home, added);
      assert.deepEqual(
        pack.frames.map(({ rawSize, segments }) => [rawSize, segments.length]),
        [
          [1024 * 1024, 1],
          [1024 * 1024, 1],
          [512 * 1024, 1],
          ["same".length + "d".length, 2],
        ],
      );
      const slices = await Promise.all(pack.frames.slice(0, 3).map((frame) => pack.readRaw(frame)));
      assert.ok(Buffer.concat(slices).equals(large));
    });
  });

  it("stores a frame by zstd where that is worth it and as it is where it is not", async () => {
    await withTemporaryServer(async (server) => {
      const noise = randomBytes(1024 * 1024);
      const added = await add(server, await server.writeFiles("p", { a: "a".repeat(1024 * 1024), b: noise }));
      await using pack = await openPack(server.home, added);
      assert.deepEqual(
        pack.frames.map(({ codec }) => codec),
        ["zstd", "identity"],
      );
    });
  });

  it("keeps the executable bit and needs it on a host's entry", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "exec:bin/host": "x", "bin/other": "y" });
      const added = await add(server, directory, { kind: "host", entry: "bin/host" });
      assert.deepEqual(
        filesOf(server.home, added.id).map(({ path, executable }) => [path, executable]),
        [
          ["bin/host", true],
          ["bin/other", false],
        ],
      );
      const wrong = add(server, directory, { kind: "host", entry: "bin/other", version: "2" });
      await assertRefused(wrong, ExitCode.invalidInput, /"bin\/other" is none/);
    });
  });

  it("names a directory that is not there, and a link that leads to nothing", async () => {
    await withTemporaryServer(async (server) => {
      const missing = join(server.directory, "missing");
      await assertRefused(add(server, missing), ExitCode.invalidInput, /directory ".*missing" cannot be read/);
      const directory = await server.writeFiles("p", { "a.txt": "a" });
      await symlink("gone", join(directory, "dang\u001b[31mling"));
      await assertRefused(
        add(server, directory),
        ExitCode.invalidInput,
        /link "dang\\u001b\[31mling" leads to nothing/,
      );
    });
  });

  it("ends when it is interrupted, and leaves nothing behind", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "a.txt": "a", "b.txt": "b" });
      const controller = new AbortController();
      const interrupt = () => controller.abort(new Error("interrupted"));
      const adding = addPackage(server.home, { directory, ...key, entry: undefined }, interrupt, controller.signal);
      await assert.rejects(adding, /interrupted/);
      assert.deepEqual(listPackages(server.home), []);
      assert.deepEqual(await readdir(server.home.packsDirectory), []);
    });
  });

  it("says that the home, not the package, is at fault where its packs cannot be written", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "a.txt": "a" });
      const adding = withServerHome(join(server.directory, "other"), async (home) => {
        await rm(home.packsDirectory, { recursive: true });
        await addPackage(home, { directory, ...key, entry: undefined }, () => {}, new AbortController().signal);
      });
      await assertRefused(adding, ExitCode.homeDamaged, /home .* cannot be written/);
    });
  });
  it("keeps the modification time of every file in whole milliseconds", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "a.txt": "a", "b/c.txt": "c" });
      const times = { "a.txt": 1_700_000_000_123, "b/c.txt": 1_600_000_000_999 };
      for (const [path, ms] of Object.entries(times)) await utimes(join(directory, path), new Date(ms), new Date(ms));
      const added = await add(server, directory);
      const kept = filesOf(server.home, added.id).map(({ path, modifiedMs }) => [path, modifiedMs]);
      assert.deepEqual(Object.fromEntries(kept), times);
    });
  });

  const changes: [string, (path: string) => void][] = [
    ["written to", (path) => writeFileSync(path, "B")],
    ["given another time", (path) => utimesSync(path, 1, 1)],
  ];
  for (const [title, change] of changes) {
    it(`refuses a file that is ${title} while it is published, and leaves nothing`, async () => {
      await withTemporaryServer(async (server) => {
        const directory = await server.writeFiles("p", { "a.txt": "a", "b.txt": "b" });
        await utimes(join(directory, "b.txt"), 1_700_000_000, 1_700_000_000);
        const source = { directory, ...key, entry: undefined };
        const changing = ({ doneBytes }: { doneBytes: number }) => {
          if (doneBytes === 1) change(join(directory, "b.txt"));
        };
        const adding = addPackage(server.home, source, changing, new AbortController().signal);
        await assertRefused(adding, ExitCode.invalidInput, /"b\.txt" changed while it was being published/);
        assert.deepEqual(await readdir(server.home.packsDirectory), []);
      });
    });
  }

  it("follows a link that stays in the package and refuses one that leads out or back", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "real/a.txt": "a" });
      await server.writeFiles("outside", { "secret.txt": "s" });
      await symlink("real", join(directory, "linked"));
      const added = await add(server, directory);
      assert.deepEqual(
        filesOf(server.home, added.id).map(({ path }) => path),
        ["linked/a.txt", "real/a.txt"],
      );
      await symlink("../../outside/secret.txt", join(directory, "real/out"));
      await assertRefused(add(server, directory, { version: "2" }), ExitCode.invalidInput, /leads out of the package/);
      const loop = await server.writeFiles("loop", { "a/b.txt": "b" });
      await symlink("..", join(loop, "a/up"));
      await assertRefused(add(server, loop, { version: "3" }), ExitCode.invalidInput, /leads back/);
    });
  });

  const refusals: [string, Record<string, string>, RegExp][] = [
    ["no file", {}, /no file/],
    ["a path that agents refuse", { "a.txt": "", "nul.txt": "" }, /"nul\.txt".*reserved-name.*SYNC-017/],
    ["paths that differ in case alone", { "a.txt": "", "A.txt": "" }, /collision.*SYNC-015/],
  ];
  for (const [title, files, words] of refusals) {
    it(`refuses a directory with ${title} and leaves nothing`, async () => {
      await withTemporaryServer(async (server) => {
        await mkdir(join(server.directory, "p"));
        const directory = await server.writeFiles("p", files);
        await assertRefused(add(server, directory), ExitCode.invalidInput, words);
        assert.deepEqual(await readdir(server.home.packsDirectory), []);
        assert.deepEqual(listPackages(server.home), []);
      });
    });
  }

  it("refuses a socket by its path", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "a.txt": "a" });
      const listener = createServer().listen(join(directory, "s"));
      await once(listener, "listening");
      await assertRefused(add(server, directory), ExitCode.invalidInput, /"s" is not a regular file/);
      listener.close();
    });
  });

  it("refuses a version that was added before, whatever the case of its name", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "a.txt": "a" });
      await add(server, directory);
      await assertRefused(add(server, directory, { name: "ONE" }), ExitCode.alreadyExists, /already/);
      assert.equal((await readdir(server.home.packsDirectory)).length, 1);
    });
  });

  it("clears away what a killed add left, and nothing of one under way", async () => {
    await withTemporaryServer(async (server) => {
      const { packsDirectory } = server.home;
      const ofDead = join(packsDirectory, "adding-4194304999-0a");
      const ofLiving = `adding-${process.ppid}-0b`;
      await writeFile(ofDead, "");
      await writeFile(join(packsDirectory, ofLiving), "");
      await writeFile(join(packsDirectory, "00000000-0000-4000-8000-000000000000.pack"), "");
      const { pack } = await add(server, await server.writeFiles("p", { "a.txt": "a" }));
      assert.deepEqual((await readdir(packsDirectory)).sort(), [pack, ofLiving].sort());
    });
  });

  it("loads the version that was added last until another is used, and one host of all", async () => {
    await withTemporaryServer(async (server) => {
      const directory = await server.writeFiles("p", { "exec:bin/host": "x" });
      await add(server, directory);
      await add(server, directory, { version: "2" });
      await add(server, directory, { kind: "host", name: "h1", entry: "bin/host" });
      await add(server, directory, { kind: "host", name: "h2", entry: "bin/host" });
      const loaded = () =>
        listPackages(server.home).flatMap(({ loaded, name, version }) => (loaded ? [`${name} ${version}`] : []));
      assert.deepEqual(loaded(), ["One 2", "h2 1"]);
      usePackage(server.home, key);
      assert.deepEqual(loaded(), ["One 1", "h2 1"]);
    });
  });
});

describe("a published package", () => {
  it("is deleted with its pack", async () => {
    await withTemporaryServer(async (server) => {
      await add(server, await server.writeFiles("p", { "a.txt": "a" }));
      removePackage(server.home, key);
      assert.deepEqual(await readdir(server.home.packsDirectory), []);
      assert.throws(() => findPackage(server.home, key), { exitCode: ExitCode.notFound });
    });
  });

  const damages: [string, (pack: string) => Promise<void>][] = [
    ["cut short", (pack) => truncate(pack, 10)],
    ["changed by one bit", flipOneBit],
  ];
  for (const [title, damage] of damages) {
    it(`is found to be damaged when its pack was ${title}, before anything is read from it`, async () => {
      await withTemporaryServer(async (server) => {
        const added = await add(server, await server.writeFiles("p", { a: randomBytes(100_000) }));
        await damage(join(server.home.packsDirectory, added.pack));
        await using pack = await openPack(server.home, added);
        await assert.rejects(pack.readStored(pack.frames[0]!), (error) => {
          assert.ok(error instanceof Failure);
          assert.equal(error.exitCode, ExitCode.homeDamaged);
          assert.match(error.remedy, /Publish it again/);
          return true;
        });
      });
    });
  }
});

async function flipOneBit(pack: string): Promise<void> {
  await using file = await open(pack, "r+");
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 500);
  buffer[0] = (buffer[0] ?? 0) ^ 1;
  await file.write(buffer, 0, 1, 500);
}
