import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hostEnvironment } from "./host-environment.ts";

describe("the environment of a host", () => {
  const place = { operationId: "id", extensionsDirectory: "/extensions", workDirectory: "/work" };

  it("holds what the specification names and nothing else", () => {
    const agents = {
      PATH: "/bin",
      LANG: "C",
      LC_ALL: "C",
      TZ: "UTC",
      SYSTEMROOT: "C:",
      TEMP: "/t",
      TMPDIR: "/t",
      HOME: "/h",
      KEY: "k",
    };
    assert.deepEqual(hostEnvironment(agents, place), {
      PATH: "/bin",
      LANG: "C",
      LC_ALL: "C",
      TZ: "UTC",
      SYSTEMROOT: "C:",
      TEMP: "/work",
      TMPDIR: "/work",
      BERTH_EXTENSIONS: "/extensions",
      BERTH_WORK: "/work",
      BERTH_OPERATION_ID: "id",
    });
  });

  it("leaves unset what the agent has not set", () => {
    assert.ok(!("TZ" in hostEnvironment({}, place)));
  });
});
