import assert from "node:assert/strict";
import { ExitCode } from "../errors/exit-code.ts";
import { formatAgentAddress, isLoopback, parseAgentAddress } from "./agent-address.ts";

describe("the address of an agent", () => {
  for (const text of ["127.0.0.1:44949", "agent.example:1", "[::1]:65535", "localhost:80"]) {
    it(`is read from ${text} and written the same`, () => {
      assert.equal(formatAgentAddress(parseAgentAddress(text)), text);
    });
  }

  for (const text of [
    "",
    "agent",
    "agent:",
    ":1",
    "agent:0",
    "agent:65536",
    "::1:5",
    "[127.0.0.1]:5",
    "a b:5",
    "http://a:5",
    "-a:5",
  ]) {
    it(`is not read from ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseAgentAddress(text), { exitCode: ExitCode.invalidInput });
    });
  }

  it("is loopback for localhost, 127.0.0.0/8 and ::1, and for nothing else", () => {
    for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"]) assert.ok(isLoopback(host), host);
    for (const host of ["localhost.example", "128.0.0.1", "0.0.0.0", "::", "10.0.0.1", "127.example"])
      assert.ok(!isLoopback(host), host);
  });
});
