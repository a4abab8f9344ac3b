import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AGENT_VERSIONS } from "../matrix/cell.ts";
import { agentOptions, serverOptions } from "./implementation-option.ts";
import { UsageError } from "./usage-error.ts";

describe("the implementations that the command line of the matrix names", () => {
  const readAgents = (...texts: string[]) =>
    agentOptions(texts).map(({ name, versions, commandOf }) => ({ name, versions, command: commandOf(50) }));

  it("are a command alone, in every version where it has a place for one", () => {
    assert.deepEqual(readAgents("agent --as {version}"), [
      { name: undefined, versions: AGENT_VERSIONS, command: ["agent", "--as", "50"] },
    ]);
  });

  it("are asked for their version where the command has no place for one", () => {
    assert.deepEqual(readAgents("mine=./agent --quiet"), [
      { name: "mine", versions: undefined, command: ["./agent", "--quiet"] },
    ]);
  });

  it("are of the version after the @, or of those from the one to the other", () => {
    const [one, some, later] = readAgents("one@49=a", "some@44-49=b {version}", "later@52=c");
    assert.deepEqual(one, { name: "one", versions: [49], command: ["a"] });
    assert.deepEqual(some, { name: "some", versions: [44, 45, 46, 49], command: ["b", "50"] });
    assert.deepEqual(later?.versions, [52]);
  });

  it("have a name only where one is before the = of the first word", () => {
    const commands = ["agent --root=/tmp", "/opt/a=b/agent", `"a=b" run`, "./a=b"];
    assert.deepEqual(
      commands.flatMap((text) => readAgents(text)).map(({ name, command }) => [name, command.join("|")]),
      [
        [undefined, "agent|--root=/tmp"],
        [undefined, "/opt/a=b/agent"],
        [undefined, "a=b|run"],
        [undefined, "./a=b"],
      ],
    );
    assert.deepEqual(serverOptions(["one=node --title=x s.js"]), [
      { name: "one", command: ["node", "--title=x", "s.js"] },
    ]);
  });

  const wrongAgents: [string, string[], RegExp][] = [
    ["a name of other characters", ["möwe=a"], /"möwe" before the = of --agent is no name: letters, digits/],
    ["no name", ["=a"], /"" before the = of --agent is no name/],
    ["a name that is too long", [`${"x".repeat(33)}=a`], /is no name: .* at most 32/],
    ["two of one name", ["one=a", "two=b", "one=c"], /two --agent have the name "one"; give each a name of its own/],
    ["two of one name in two versions", ["one@49=a", "one@50=b"], /two --agent have the name "one"/],
    ["several and one without a name", ["one=a", "b"], /several --agent need a name each, as in --agent "mine=/],
    ["no command after the name", ["one= "], /--agent "one= " has no command: write NAME=COMMAND/],
    ["no command at all", [""], /--agent "" has no command/],
    [
      "a version that was never published",
      ["one@47=a"],
      /"@47" is no version of an agent: there are 42, .*51 and later/,
    ],
    ["a version before the first", ["one@41=a"], /"@41" is no version/],
    ["a version that is no number", ["one@new=a"], /"@new" is no version/],
    ["no version after the @", ["one@=a"], /"@" is no version/],
    ["versions from the greater to the less", ["one@51-49=a {version}"], /"@51-49" is no version/],
    ["versions of which one is none", ["one@46-48=a {version}"], /"@46-48" is no version/],
    ["several versions of one command", ["one@49-51=a"], /names several versions, and its command has no \{version\}/],
  ];
  for (const [what, texts, says] of wrongAgents) {
    it(`are not understood with ${what}`, () => {
      assert.throws(
        () => agentOptions(texts),
        (error) => error instanceof UsageError && says.test(error.message),
      );
    });
  }

  const wrongServers: [string, string[], RegExp][] = [
    ["a version, which is the driver's to set", ["one@49=a"], /"one@49" before the = of --server is no name/],
    ["two of one name", ["one=a", "one=b"], /two --server have the name "one"/],
    ["several and one without a name", ["a", "b"], /several --server need a name each, as in --server "mine=/],
    ["no command", ["one="], /--server "one=" has no command/],
  ];
  for (const [what, texts, says] of wrongServers) {
    it(`are no servers with ${what}`, () => {
      assert.throws(
        () => serverOptions(texts),
        (error) => error instanceof UsageError && says.test(error.message),
      );
    });
  }
});
