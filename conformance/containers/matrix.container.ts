import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AttachedServer } from "../src/attach/server-by-command.ts";
import { serverByDriver } from "../src/attach/server-by-driver.ts";
import {
  allTemporaryDirectories,
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from "../src/attach/temporary-directory.ts";
import { allCells, type Cell, cellId, instanceIdOf } from "../src/matrix/cell.ts";
import { type CellServer, installCellServer } from "../src/matrix/cell-server.ts";
import { expectationOf } from "../src/matrix/expectation.ts";
import { type CellSide, lookAtCell } from "../src/matrix/look-at-cell.ts";
import { MODIFIED } from "../src/matrix/matrix-material.ts";
import { type AgentHost, type HostNetwork, program, startHostNetwork } from "./hosts.ts";
import { greetedOf } from "./server-on-host.ts";

const PATIENCE_MS = 60_000;
const STEP_MS = 60_000;

/** The agents whose two servers come out differently from one another. */
for (const agentVersion of [42, 46, 51]) {
  describe(`two servers on hosts of their own, and an agent ${agentVersion}`, () => {
    let directory: string;
    let network: HostNetwork;
    let agent: AgentHost;
    let relay: string;
    let protection: readonly string[];
    let servers: readonly [CellServer, CellServer];
    const drivers: AttachedServer[] = [];

    before(async () => {
      directory = makeTemporaryDirectory("berth-hosts-");
      const [root, shared] = [await made("root"), await made("shared")];
      network = await startHostNetwork();
      const tls = agentVersion >= 49; // the older ones in plaintext, so that both ways of listening beyond loopback are used
      protection = tls
        ? ["--pin", await network.certificate(root)]
        : ["--plaintext", "--insecure-plaintext-beyond-loopback"];
      agent = await network.agent({ agentVersion, root, plaintext: !tls, mounts: [shared] });
      relay = await network.relay(agent.address);
      servers = [await serverOf("one"), await serverOf("two")];
    });

    after(async () => {
      for (const driver of drivers.splice(0)) await driver.stop();
      await network?.close();
      await removeTemporaryDirectory(directory);
    });

    async function made(name: string): Promise<string> {
      const path = join(directory, name);
      await mkdir(path);
      return path;
    }

    async function serverOf(marker: "one" | "two"): Promise<CellServer> {
      const host = await network.server([allTemporaryDirectories()]);
      const driver = serverByDriver({ command: host.commandFor(program("driver")), stepMs: STEP_MS });
      drivers.push(driver);
      return installCellServer(driver, marker, MODIFIED[marker], directory);
    }

    for (const [number, cell] of cellsOf(agentVersion).entries()) {
      const { outcome, clauses } = expectationOf(cell);
      it(`${cellId(cell)} comes out as ${outcome} (${clauses.join(", ")})`, async () => {
        const unique = [`cell ${number} one`, `cell ${number} two`] as const;
        const sideOf = async (index: 0 | 1): Promise<CellSide> => {
          const server = servers[index];
          const address = cell.constellation === "one address" ? relay : agent.address;
          await server.prepare(cell, instanceIdOf(cell, index, unique), address, protection);
          return { server, greeted: async () => greetedOf(await server.sync("--json")) };
        };
        const view = { directory: join(directory, "shared", String(number)), patienceMs: PATIENCE_MS };
        await mkdir(view.directory);
        const seen = await lookAtCell(cell, [await sideOf(0), await sideOf(1)], view);
        if (!seen.agrees) throw new Error(seen.difference);
      });
    }
  });
}

/** Two servers of a product that has instancing, in every way they can stand to each other. */
function cellsOf(agentVersion: number): Cell[] {
  return allCells().filter(
    (cell) =>
      cell.agentVersion === agentVersion &&
      cell.product === "BuildMaster" &&
      cell.productVersion === "6.1.20" &&
      cell.constellation !== "one server",
  );
}
