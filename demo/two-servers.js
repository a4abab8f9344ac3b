// Two servers of one product, in two versions, share one agent at the same time: first on an agent where they race for its files,
// then on two where they do not. Nothing here is prepared: the script runs the two command lines as an operator would, and ends
// with 1 when anything is not as it says.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressesOn51 } from "./addresses-on-51.js";
import { copyGreeting } from "./greetings.js";
import { instanceIdsOn46 } from "./instance-ids-on-46.js";
import { say, show } from "./narration.js";
import { stopAll } from "./program.js";
import { raceOn42 } from "./race-on-42.js";
import { Server } from "./server.js";

/** @param {string} directory */
async function demonstrate(directory) {
  const one = new Server({ name: "one", home: join(directory, "one"), source: "127.0.0.2", greeting: "1.0.0" });
  const two = new Server({ name: "two", home: join(directory, "two"), source: "127.0.0.3", greeting: "2.0.0" });

  say("Two servers are set up, both BuildMaster 6.2.0: one has loaded greeting 1.0.0, the other greeting 2.0.0.");
  const servers = [one, two];
  await Promise.all(servers.map(async (server) => server.setUp(await copyGreeting(server.greeting, directory))));
  for (const { name, source, greeting } of servers) show(`server ${name}: from ${source}, greeting ${greeting}`);

  await raceOn42(one, two, directory);
  await instanceIdsOn46(one, two, directory);
  await addressesOn51(one, two, directory);
}

const directory = await mkdtemp(join(tmpdir(), "berth-demo-"));
const interrupted = new Promise((_resolve, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});

try {
  await Promise.race([demonstrate(directory), interrupted]);
  console.log(`
The same two servers on one agent, server one's operation running while server two syncs:
  agent 42, nothing set          it read server two's files
  agent 46, an InstanceId each   it read its own
  agent 51, nothing set          it read its own: neither server has noticed the other`);
} catch (error) {
  console.error(`\nThe demo has failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stopAll();
  await rm(directory, { recursive: true, force: true });
}
