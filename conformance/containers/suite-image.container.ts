import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";

const RUN_MS = 10 * 60_000;

describe("the suite's own image", function () {
  this.timeout(RUN_MS);
  let agent: StartedTestContainer;

  before(async () => {
    agent = await new GenericContainer("berth-agent:local")
      .withCommand(["run", "--root", "/tmp/root"])
      .withWaitStrategy(Wait.forLogMessage(/listens on 127\.0\.0\.1:44949/))
      .start();
  });

  after(() => agent?.stop());

  it("judges an agent in another container by its address, in that container's network", async () => {
    const reports = ["--json", "/tmp/results.json", "--junit", "/tmp/junit.xml", "--events", "/tmp/events.jsonl"];
    const suite = await new GenericContainer("berth-conformance:local")
      .withNetworkMode(`container:${agent.getId()}`)
      .withCommand(["agent", "--address", "127.0.0.1:44949", ...reports])
      .withWaitStrategy(Wait.forLogMessage(/^\d+ passed, \d+ failed/))
      .withStartupTimeout(RUN_MS)
      .start();
    try {
      const said = await text(await suite.logs());
      assert.match(said, /^agent: conformant/m, said);
      assert.match(said, /^[1-9]\d* passed, 0 failed/m, said);
    } finally {
      await suite.stop();
    }
  });
});
