import { Agent } from "./agent.js";
import { HeldOperation } from "./held-operation.js";
import { announce, expect, say, show } from "./narration.js";

/** @import { Server } from "./server.js" */

/**
 * The remedy of the versions 44 to 46: with an InstanceId of its own each server has a tree of its own (LEG-010).
 *
 * @param {Server} one
 * @param {Server} two
 * @param {string} directory
 */
export async function instanceIdsOn46(one, two, directory) {
  announce("Agent version 46, Agent.InstanceId set to another value on each server: the race is gone");
  const agent = await Agent.start(46, directory);
  await Promise.all([one.meet(agent), two.meet(agent)]);

  say("The operator of each server sets Agent.InstanceId: blue on server one, green on server two.");
  const settings = [one.step("settings", "set", "Agent.InstanceId", "blue")];
  settings.push(two.step("settings", "set", "Agent.InstanceId", "green"));
  await Promise.all(settings);

  say("Server one syncs, and starts the same operation that waits.");
  const first = await one.sync();
  show(`${first.instance}: ${first.files} files, ${first.sentBytes} bytes sent`);
  expect(first.isolation === "INSTANCE_ID", "server one is kept apart by its InstanceId", first);
  const held = await HeldOperation.begin(one);
  expect(held.isRunning, "server one's operation is running", held.program.output);

  say("Meanwhile server two syncs with the same agent, and greets.");
  const second = await two.sync();
  show(`${second.instance}: ${second.files} files, ${second.sentBytes} bytes sent`);
  expect(second.isolation === "INSTANCE_ID", "server two is kept apart by its InstanceId", second);
  expect(second.instance !== first.instance, "it was given another tree", second);
  expect(second.reusedBytes === 0, "it sent all of its own files", second);
  await agent.expectInstances("i-blue", "i-green");
  const trees = await Promise.all([first, second].map(({ instance }) => agent.greetingIn(instance)));
  expect(trees.join() === "1.0.0,2.0.0", "server one's tree still holds greeting 1.0.0, server two's 2.0.0", trees);
  const greeting = await two.greet();
  show(greeting);
  expect(greeting === "Good day, two, from greeting 2.0.0", "server two runs its own version", greeting);

  say("Server one's operation is still running. Let go, it reads the version of greeting beside it.");
  expect(held.isRunning, "server one's operation is running still", held.program.output);
  const version = await held.letGo();
  show(`server one loaded greeting ${one.greeting}; its operation read greeting ${version}`);
  expect(version === "1.0.0", "server one's operation has read server one's files", version);

  say("Server one syncs again, with nothing changed: server two has overwritten nothing.");
  const again = await one.sync();
  show(await one.latestOutcome());
  expect(again.sentBytes === 0, "server one had nothing to send", again);

  await agent.stop();
}
