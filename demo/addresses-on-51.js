import { Agent } from "./agent.js";
import { HeldOperation } from "./held-operation.js";
import { announce, expect, say, show } from "./narration.js";

/** @import { Server } from "./server.js" */

const ROUNDS = 3;

/**
 * What Berth does from version 49 on: the address alone keeps the servers apart, with nothing to set (INST-016).
 *
 * @param {Server} one
 * @param {Server} two
 * @param {string} directory
 */
export async function addressesOn51(one, two, directory) {
  announce("Agent version 51, nothing set: the race is gone by itself");
  const agent = await Agent.start(51, directory);
  await Promise.all([one.meet(agent), two.meet(agent)]);

  say("Agent.InstanceId is unset on both servers.");
  await Promise.all([one, two].map((server) => server.step("settings", "unset", "Agent.InstanceId")));

  say("Server one syncs, and starts the same operation that waits.");
  const first = await one.sync();
  show(`${first.instance}: ${first.files} files, ${first.sentBytes} bytes sent`);
  expect(first.isolation === "ADDRESS", "server one is kept apart by the address it came from", first);
  const holdingOne = await HeldOperation.begin(one);

  say("Meanwhile server two syncs with the same agent, and starts such an operation too.");
  const second = await two.sync();
  show(`${second.instance}: ${second.files} files, ${second.sentBytes} bytes sent`);
  expect(second.isolation === "ADDRESS", "server two is kept apart by the address it came from", second);
  expect(second.instance !== first.instance, "it was given an instance of its own", second);
  expect(second.reusedBytes === 0, "it sent all of its own files", second);
  const held = [holdingOne, await HeldOperation.begin(two)];
  expectAllRunning(held, "both operations are running");

  say("On the agent's disk these are two directories, named after the product and the address each server came from.");
  await agent.expectInstances("a-127_2e0_2e0_2e2", "a-127_2e0_2e0_2e3");

  say(`Now both greet at once, ${ROUNDS} times: neither ever gets the other's version.`);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const greetings = await Promise.all([one.greet(), two.greet()]);
    show(greetings.join("   |   "));
    const own = ["Hello, one, from greeting 1.0.0", "Good day, two, from greeting 2.0.0"];
    expect(greetings.join() === own.join(), `round ${round}: each has printed its own version`, greetings);
  }

  say("The two operations are still running. Let go, each reads the version of greeting beside it.");
  expectAllRunning(held, "both operations are running still");
  const versions = await Promise.all(held.map((operation) => operation.letGo()));
  show(`server one's operation read greeting ${versions[0]}, server two's read greeting ${versions[1]}`);
  expect(versions.join() === "1.0.0,2.0.0", "each has read its own server's files", versions);

  say("Both sync again at once, with nothing changed: the handshake, one round trip, says that all is there.");
  const again = await Promise.all([one.sync(), two.sync()]);
  const outcomes = await Promise.all([one.latestOutcome(), two.latestOutcome()]);
  for (const [index, { name }] of [one, two].entries()) {
    const { files, sentBytes } = again[index];
    show(`server ${name}: ${files} files, ${sentBytes} bytes sent, ${outcomes[index]}`);
    const isQuiet = sentBytes === 0 && outcomes[index] === "already present";
    expect(isQuiet, `server ${name} had nothing to send`, { sentBytes, outcome: outcomes[index] });
  }

  await agent.stop();
}

/** @param {readonly HeldOperation[]} held @param {string} claim */
function expectAllRunning(held, claim) {
  const areRunning = held.map((operation) => operation.isRunning);
  expect(!areRunning.includes(false), claim, areRunning);
}
