import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ExitCode } from "../errors/exit-code.ts";
import { withTemporaryServer } from "../testing/temporary-server.ts";
import { addAgent, findAgent } from "./agents.ts";
import { withServerHome } from "./server-home.ts";
import { serverIdOf } from "./server-id.ts";
import { getSetting, setSetting, unsetSetting } from "./settings.ts";

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "berth-home-test-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe("a home", () => {
  it("keeps one server_id for ever", async () => {
    await withDirectory(async (directory) => {
      const first = await withServerHome(directory, serverIdOf);
      assert.equal(await withServerHome(directory, serverIdOf), first);
    });
  });

  it("is made once by several processes that come at the same time", async () => {
    await withDirectory(async (directory) => {
      const cli = new URL("../../bin/berth-server.js", import.meta.url);
      const children = Array.from({ length: 4 }, () =>
        fork(cli, ["settings", "list", "--home", directory], { silent: true }),
      );
      const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
      assert.deepEqual(codes, [0, 0, 0, 0]);
    });
  }).timeout(20_000);

  const damages: [string, (file: string) => Promise<void>, RegExp][] = [
    [
      "is no database",
      (file) => writeFile(file, "nothing of the kind, and longer than a header of SQLite is, to be sure of it"),
      /damaged/,
    ],
    ["belongs to another program", async (file) => alter(file, "PRAGMA application_id = 7"), /another program/],
    ["has a newer schema", async (file) => alter(file, "PRAGMA user_version = 99"), /schema 99/],
    ["is cut short", (file) => truncate(file, 8192), /damaged/],
  ];
  for (const [title, damage, words] of damages) {
    it(`is refused when its database ${title}`, async () => {
      await withDirectory(async (directory) => {
        await withServerHome(directory, serverIdOf);
        await damage(join(directory, "berth.sqlite"));
        await assert.rejects(withServerHome(directory, serverIdOf), { exitCode: ExitCode.homeDamaged, message: words });
      });
    });
  }

  it("does not become a new server when its database is lost and its packs are not", async () => {
    await withDirectory(async (directory) => {
      await withServerHome(directory, serverIdOf);
      await writeFile(join(directory, "packs", "0.pack"), "");
      await rm(join(directory, "berth.sqlite"));
      await assert.rejects(withServerHome(directory, serverIdOf), {
        exitCode: ExitCode.homeDamaged,
        message: /missing or empty/,
      });
    });
  });
});

function alter(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

describe("a setting", () => {
  it("is stored as given and returns to its default", async () => {
    await withTemporaryServer(async ({ home }) => {
      setSetting(home, "Agent.InstanceId", " Blue ");
      assert.equal(getSetting(home, "Agent.InstanceId").value, " Blue ");
      unsetSetting(home, "Agent.InstanceId");
      assert.equal(getSetting(home, "Agent.InstanceId").value, undefined);
      assert.equal(getSetting(home, "Server.Product").value, "Berth");
    });
  });

  const invalid: [string, string][] = [
    ["Agent.InstanceId", "ü"],
    ["Agent.InstanceId", "x".repeat(65)],
    ["Server.Product", ""],
    ["Server.ProductVersion", "1.x"],
    ["Server.Identity", "yes"],
    ["Agent.Instanceid", "x"],
  ];
  for (const [name, value] of invalid) {
    it(`named ${name} is not set to ${JSON.stringify(value)}`, async () => {
      await withTemporaryServer(async ({ home }) => {
        assert.throws(() => setSetting(home, name, value), { exitCode: ExitCode.invalidInput });
      });
    });
  }

  it("that is damaged in the database stops what needs it", async () => {
    await withTemporaryServer(async ({ home }) => {
      home.database.exec("INSERT INTO settings VALUES ('Server.Identity', 'of')");
      assert.throws(() => getSetting(home, "Server.Identity"), { exitCode: ExitCode.homeDamaged });
    });
  });
});

describe("a stored agent", () => {
  it("comes back with its pin, and never without it when that is damaged", async () => {
    await withTemporaryServer(async ({ home }) => {
      const pin = new Uint8Array(32).fill(7);
      addAgent(home, {
        name: "web",
        address: { host: "web.example", port: 1 },
        protection: { kind: "pinned", pin },
        source: undefined,
      });
      assert.deepEqual(findAgent(home, "web").protection, { kind: "pinned", pin });
      home.database.exec("UPDATE agents SET pin = x'07'");
      assert.throws(() => findAgent(home, "web"), { exitCode: ExitCode.homeDamaged });
      home.database.exec("UPDATE agents SET pin = NULL");
      assert.throws(() => findAgent(home, "web"), { exitCode: ExitCode.homeDamaged });
    });
  });
});
