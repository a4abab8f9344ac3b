import { Agent } from "./agent.js";
import { HeldOperation } from "./held-operation.js";
import { announce, expect, say, show } from "./narration.js";

/** @import { Server } from "./server.js" */

/**
 * The race: on an agent before version 44 the two servers share one tree, and the last to update it works (LEG-040).
 *
 * @param {Server} one
 * @param {Server} two
 * @param {string} directory
 */
export async function raceOn42(one, two, directory) {
  announce("Agent version 42, nothing set: THE RACE IS REAL");
  const agent = await Agent.start(42, directory);
  await Promise.all([one.meet(agent), two.meet(agent)]);

  say("Server one syncs. The agent can give it nothing but the tree that all servers of BuildMaster share.");
  const first = await one.sync();
  show(`${first.instance}: ${first.files} files, ${first.sentBytes} bytes sent\n${first.warning.split(". ", 1)[0]}.`);
  expect(first.isolation === "PRODUCT", "server one is kept apart from other products only", first);
  expect(first.warning.includes("INST-041"), "its operator is warned of that", first.warning);
  const before = await agent.greetingIn(first.instance);
  expect(before === "1.0.0", "the tree holds greeting 1.0.0, server one's version", before);

  say("Server one starts an operation that waits: it has not yet looked at greeting.");
  const held = await HeldOperation.begin(one);
  expect(held.isRunning, "server one's operation is running", held.program.output);

  say("Meanwhile server two syncs with the same agent, and greets.");
  const second = await two.sync();
  show(`${second.instance}: ${second.files} files, ${second.sentBytes} bytes sent`);
  expect(second.instance === first.instance, "server two was given the very same tree", second);
  const outcome = await two.latestOutcome();
  show(outcome);
  expect(outcome.startsWith("updated 2 of "), "it sent the two files of greeting, and none of what both have", outcome);
  const after = await agent.greetingIn(second.instance);
  expect(after === "2.0.0", "the tree holds greeting 2.0.0 now: server one's version is overwritten", after);
  await agent.expectInstances("shared");
  const greeting = await two.greet();
  show(greeting);
  expect(greeting === "Good day, two, from greeting 2.0.0", "server two runs its own version", greeting);

  say("Server one's operation is still running. Let go, it reads the version of greeting beside it.");
  expect(held.isRunning, "server one's operation is running still", held.program.output);
  const version = await held.letGo();
  show(`server one loaded greeting ${one.greeting}; its operation read greeting ${version}`);
  expect(version === "2.0.0", "server one's operation has read server two's files", version);

  say("Server one syncs again, with nothing changed on its side: it has to overwrite server two's files in turn.");
  const again = await one.sync();
  show(await one.latestOutcome());
  const last = await agent.greetingIn(again.instance);
  expect(again.sentBytes > 0 && last === "1.0.0", "the tree holds greeting 1.0.0 again", { again, last });

  await agent.stop();
}
