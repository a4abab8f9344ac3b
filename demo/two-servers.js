// Two servers of one product, in two versions, share one agent at the same time. Nothing here is prepared: the script runs
// the two command lines as an operator would, and ends with 1 when anything is not as it says.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, say, show } from "./narration.js";
import { Program, stopAll } from "./program.js";
import { Server } from "./server.js";

const ROUNDS = 3;

/** @param {string} directory */
async function demonstrate(directory) {
  const root = join(directory, "agent-root");
  const one = new Server({ name: "one", home: join(directory, "one"), source: "127.0.0.2", greeting: "1.0.0" });
  const two = new Server({ name: "two", home: join(directory, "two"), source: "127.0.0.3", greeting: "2.0.0" });

  say("An agent starts on a free port, with an empty directory to keep things in.");
  const agent = new Program("agent", ["run", "--root", root, "--listen", "127.0.0.1:0", "--json"]);
  await agent.shows("\n");
  const { address, agentVersion } = JSON.parse(agent.output.split("\n", 1)[0]);
  show(`agent version ${agentVersion} at ${address}`);

  say("Two servers are set up, both BuildMaster 6.2.0: one has loaded greeting 1.0.0, the other greeting 2.0.0.");
  await Promise.all([one.setUp(address), two.setUp(address)]);
  for (const { name, source, greeting } of [one, two]) show(`server ${name}: from ${source}, greeting ${greeting}`);

  say("Both sync with the agent at once, with no InstanceId set.");
  const [first, second] = await Promise.all([one.sync(), two.sync()]);
  for (const { instance, files, sentBytes } of [first, second])
    show(`${instance}: ${files} files, ${sentBytes} bytes sent`);
  expect(first.instance !== second.instance, "the agent gave each an instance of its own", [first, second]);
  expect(first.sentBytes > 0 && second.sentBytes > 0, "each sent all of its own files", [first, second]);

  say("On the agent's disk these are two directories, named after the product and the address each server came from.");
  const instances = (await readdir(join(root, "instances", "p-buildmaster"))).sort();
  show(instances.map((name) => `instances/p-buildmaster/${name}`).join("\n"));
  expect(instances.join() === "a-127_2e0_2e0_2e2,a-127_2e0_2e0_2e3", "there are these two and no other", instances);

  say(
    "Each server starts an operation that does not end until it is let go, so that both are at work at the same time.",
  );
  const release = join(directory, "release");
  const held = [one.hold(release), two.hold(release)];
  await Promise.all(held.map((operation) => operation.shows("ready")));
  expect(
    held.every((operation) => operation.child.exitCode === null),
    "both operations are running",
    [],
  );

  say(`Meanwhile both greet at once, ${ROUNDS} times: neither ever gets the other's version.`);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const greetings = await Promise.all([one.greet(), two.greet()]);
    show(greetings.join("   |   "));
    const own = ["Hello, one, from greeting 1.0.0", "Good day, two, from greeting 2.0.0"];
    expect(greetings.join() === own.join(), `round ${round}: each has printed its own version`, greetings);
  }

  say("The two long operations are still running; let go, each finds beside it the version it began with.");
  expect(
    held.every((operation) => operation.child.exitCode === null),
    "both operations are running still",
    [],
  );
  await writeFile(release, "");
  const versions = await Promise.all(held.map((operation) => operation.done()));
  show(versions.map((text) => text.replaceAll(/\s+/g, " ")).join("   |   "));
  expect(versions[0].includes('"1.0.0"') && versions[1].includes('"2.0.0"'), "each has its own version", versions);

  say("Both sync again, with nothing changed: the handshake, one round trip, says that all is there.");
  for (const server of [one, two]) {
    const { sentBytes, files } = await server.sync();
    const [{ outcome }] = await server.history();
    show(`server ${server.name}: ${files} files, ${sentBytes} bytes sent, ${outcome}`);
    expect(sentBytes === 0 && outcome === "already present", `server ${server.name} had nothing to send`, {
      sentBytes,
      outcome,
    });
  }

  say("The agent is told to stop.");
  await agent.stop();
  expect(agent.child.exitCode === 0, "it has ended well", agent.child.exitCode);
}

const directory = await mkdtemp(join(tmpdir(), "berth-demo-"));
const interrupted = new Promise((_resolve, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});

try {
  await Promise.race([demonstrate(directory), interrupted]);
  console.log("\nTwo servers, one agent, and neither has noticed the other.");
} catch (error) {
  console.error(`\nThe demo has failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stopAll();
  await rm(directory, { recursive: true, force: true });
}
