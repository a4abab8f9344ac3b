import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ServerTarget } from "../attach/target.ts";
import { allCells, cellId } from "./cell.ts";
import { type AgentImplementation, cellsInOrder, pairingsOf, type ServerImplementation } from "./implementation.ts";

const target: ServerTarget = { install: () => Promise.reject(new Error("nothing is installed here")) };
const server = (name?: string): ServerImplementation => ({ ...(name === undefined ? {} : { name }), target });
const agent = (versions: readonly number[], name?: string): AgentImplementation => ({
  ...(name === undefined ? {} : { name }),
  versions,
  commandOf: () => ["nothing"],
});

function idsOf(
  servers: readonly ServerImplementation[],
  agents: readonly AgentImplementation[],
  filter = "one-server/unset",
) {
  return cellsInOrder(pairingsOf(servers, agents, (cell) => cellId(cell).includes(filter))).map(cellId);
}

describe("the cells of several implementations", () => {
  it("are those of the matrix, in its order, where there is one server and one agent, named or not", () => {
    const whole = allCells().map(cellId);
    const versions = [...new Set(allCells().map(({ agentVersion }) => agentVersion))];
    assert.deepEqual(idsOf([server()], [agent(versions)], ""), whole);
    assert.deepEqual(idsOf([server("one")], [agent(versions, "two")], ""), whole);
  });

  it("have the names in front where there are several agents, and those versions that each has", () => {
    assert.deepEqual(idsOf([server("s")], [agent([50, 51], "a"), agent([46], "b")], "Otter-2.2.9/"), [
      ...idsOf([server("s")], [agent([50, 51], "a"), agent([46], "b")], "s/a/Otter-2.2.9/50/"),
      ...idsOf([server("s")], [agent([50, 51], "a"), agent([46], "b")], "s/a/Otter-2.2.9/51/"),
      ...idsOf([server("s")], [agent([50, 51], "a"), agent([46], "b")], "s/b/Otter-2.2.9/46/"),
    ]);
    assert.equal(idsOf([server("s")], [agent([50], "a"), agent([46], "b")], "s/a/Otter-2.2.9/50/").length, 20);
    assert.equal(idsOf([server("s")], [agent([50], "a"), agent([46], "b")], "s/b/Otter-2.2.9/46/").length, 10);
  });

  it("have only the names that were given", () => {
    assert.deepEqual(idsOf([server()], [agent([46], "a"), agent([46], "b")], "Another-1.0/46/one-server/unset"), [
      "a/Another-1.0/46/one-server/unset",
      "b/Another-1.0/46/one-server/unset",
    ]);
    assert.deepEqual(idsOf([server("s"), server("t")], [agent([46])], "Another-1.0/46/one-server/unset"), [
      "s/Another-1.0/46/one-server/unset",
      "t/Another-1.0/46/one-server/unset",
    ]);
  });

  it("are read server by server, product by product, agent by agent", () => {
    const ids = idsOf([server("s"), server("t")], [agent([46], "a"), agent([46], "b")], "unset");
    const places = ids.map((id) => id.split("/").slice(0, 3).join("/"));
    const [first, second] = ["BuildMaster-6.1.19", "BuildMaster-6.1.20"];
    assert.deepEqual([...new Set(places)].slice(0, 4), [
      `s/a/${first}`,
      `s/b/${first}`,
      `s/a/${second}`,
      `s/b/${second}`,
    ]);
    assert.equal(
      [...new Set(places)].findIndex((place) => place.startsWith("t/")),
      10,
    );
    assert.equal(new Set(ids).size, ids.length);
  });
});
