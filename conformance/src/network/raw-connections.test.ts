import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { openRawConnections } from "./raw-connections.ts";

describe("openRawConnections", () => {
  let target: Server;
  let accepted: Socket[];
  let address: string;

  beforeEach(async () => {
    accepted = [];
    target = createServer((socket) => accepted.push(socket)).listen(0, "127.0.0.1");
    await once(target, "listening");
    address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const socket of accepted) socket.destroy();
    target.close();
  });

  it("sends each beginning on a connection of its own, keeps it open, and ends it when told", async () => {
    const connections = await openRawConnections(
      address,
      ["one", "two"].map((text) => Buffer.from(text)),
    );
    while (accepted.length < 2) await once(target, "connection");
    const said = await Promise.all(accepted.map(async (socket) => String((await once(socket, "data"))[0])));
    assert.deepEqual(said.toSorted(), ["one", "two"]);
    assert.deepEqual(
      accepted.map((socket) => socket.readableEnded || socket.destroyed),
      [false, false],
    );
    const ends = accepted.map((socket) => once(socket.resume(), "close"));
    connections.close();
    await Promise.all(ends);
  });

  it("fails when nobody listens", async () => {
    target.close();
    await assert.rejects(openRawConnections(address, [Buffer.alloc(0)]), /ECONNREFUSED/);
  });
});
