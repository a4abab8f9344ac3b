import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { AttachedServer } from "../src/attach/server-by-command.ts";
import { serverByDriver } from "../src/attach/server-by-driver.ts";
import type { ServerInstallation } from "../src/attach/target.ts";
import {
  allTemporaryDirectories,
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from "../src/attach/temporary-directory.ts";
import { packagesOf, writePackage } from "../src/matrix/matrix-material.ts";
import { type AgentHost, type HostNetwork, program, startHostNetwork } from "./hosts.ts";
import { type SyncAnswer, serverOnHost, syncAnswerOf } from "./server-on-host.ts";

const STEP_MS = 60_000;

/** What the operator of the server sets, in the clauses' words what that makes of it, and whether its address matters then. */
const SETTINGS = [
  { what: "an InstanceId (INST-013)", instanceId: "one server", identity: "off", isAddressIgnored: true },
  { what: "server-identity (INST-022)", instanceId: "", identity: "on", isAddressIgnored: true },
  { what: "neither (INST-016)", instanceId: "", identity: "off", isAddressIgnored: false },
] as const;

type Setting = (typeof SETTINGS)[number];

describe("one server at two addresses, and an agent 51 that speaks TLS", () => {
  let directory: string;
  let network: HostNetwork;
  let agent: AgentHost;
  let pin: string;
  let driver: AttachedServer;
  let homes = 0;

  before(async () => {
    directory = makeTemporaryDirectory("berth-hosts-");
    const root = await made("root");
    network = await startHostNetwork();
    pin = await network.certificate(root);
    agent = await network.agent({ agentVersion: 51, root });
    const preparing = await network.server([allTemporaryDirectories()]);
    driver = serverByDriver({ command: preparing.commandFor(program("driver")), stepMs: STEP_MS });
    for (const item of packagesOf("one")) await writePackage(item, join(directory, item.kind), new Date());
  });

  after(async () => {
    await driver?.stop();
    await network?.close();
    await removeTemporaryDirectory(directory);
  });

  async function made(name: string): Promise<string> {
    const path = join(directory, name);
    await mkdir(path);
    return path;
  }

  /** A new home, prepared on a host that has nothing more to do with it. */
  async function newHome({ instanceId, identity }: Setting, pinned = pin): Promise<string> {
    homes += 1;
    const server = await driver.install();
    await done(server, "settings", "set", "Server.Product", `Product ${homes}`);
    await done(server, "settings", "set", "Agent.InstanceId", instanceId);
    await done(server, "settings", "set", "Server.Identity", identity);
    for (const item of packagesOf("one")) {
      const entry = item.kind === "host" ? ["--entry", item.entry] : [];
      const words = ["--kind", item.kind, "--name", item.name, "--version", item.version, ...entry];
      await done(server, "packages", "add", join(directory, item.kind), ...words);
    }
    await done(server, "agents", "add", "far", agent.address, "--pin", pinned);
    return server.home;
  }

  /** The instances that the agent keeps for the server of the last home. */
  async function instancesOfProduct(): Promise<string[]> {
    return readdir(join(directory, "root", "instances", `p-product_20${homes}`));
  }

  for (const setting of SETTINGS) {
    const { what, isAddressIgnored } = setting;

    it(`${isAddressIgnored ? "keeps its instance and sends nothing again" : "gets a new instance"} when it moves, with ${what}`, async () => {
      const home = await newHome(setting);
      const before = await network.server([home]);
      const first = await syncFrom(serverOnHost(before, home));
      const after = await network.server([home]);
      await before.leave();
      const second = await syncFrom(serverOnHost(after, home));
      await after.leave();

      assert.notEqual(after.ip, before.ip);
      expectSame(isAddressIgnored, first, second);
      assert.equal((await instancesOfProduct()).length, isAddressIgnored ? 1 : 2);
    });

    it(`is ${isAddressIgnored ? "one server to the agent, whose second node sends nothing," : "a server for each node"} as a cluster with ${what}`, async () => {
      const home = await newHome(setting);
      const nodes = [await network.server([home]), await network.server([home])] as const;
      const first = await syncFrom(serverOnHost(nodes[0], home));
      const second = await syncFrom(serverOnHost(nodes[1], home));
      const again = await syncFrom(serverOnHost(nodes[0], home));
      for (const node of nodes) await node.leave();

      expectSame(isAddressIgnored, first, second);
      assert.deepEqual(again, { ...first, sentBytes: 0 });
      assert.equal((await instancesOfProduct()).length, isAddressIgnored ? 1 : 2);
    });
  }

  it("sends nothing where the agent's certificate is not the one that was pinned (SEC-003)", async () => {
    const [setting] = SETTINGS;
    const home = await newHome(
      setting,
      pin.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
    );
    const host = await network.server([home]);
    const { exitCode, stderr } = await serverOnHost(host, home).step("sync", "far");

    assert.notEqual(exitCode, 0);
    assert.match(stderr.toLowerCase(), new RegExp(pin), "it shows the certificate that it met");
    await assert.rejects(instancesOfProduct(), { code: "ENOENT" });
  });
});

async function syncFrom(server: ServerInstallation): Promise<SyncAnswer> {
  return syncAnswerOf(await server.step("sync", "far", "--json"));
}

function expectSame(isSame: boolean, first: SyncAnswer, second: SyncAnswer): void {
  assert.ok(first.sentBytes > 0, "the first sync sends the packages");
  assert.equal(second.instance === first.instance, isSame, `${first.instance} and then ${second.instance}`);
  assert.equal(second.sentBytes, isSame ? 0 : first.sentBytes);
}

async function done(server: ServerInstallation, ...words: string[]): Promise<void> {
  const { exitCode, stderr } = await server.step(...words);
  assert.equal(exitCode, 0, `${words.join(" ")}: ${stderr}`);
}
