import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Forwarder, type ForwarderOptions, startForwarder } from "./forwarder.ts";

describe("startForwarder", () => {
  let target: Server;
  let accepted: Socket[];
  const opened: { forwarders: Forwarder[]; clients: Socket[] } = { forwarders: [], clients: [] };

  beforeEach(async () => {
    accepted = [];
    target = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket);
      socket.on("error", () => undefined);
    });
    target.listen(0, "127.0.0.1");
    await once(target, "listening");
  });

  afterEach(async () => {
    for (const client of opened.clients.splice(0)) client.destroy();
    for (const forwarder of opened.forwarders.splice(0)) await forwarder.close();
    for (const socket of accepted) socket.destroy();
    target.close();
  });

  async function forward(options: Partial<ForwarderOptions> = {}): Promise<Forwarder> {
    const forwarder = await startForwarder({
      target: `127.0.0.1:${(target.address() as AddressInfo).port}`,
      ...options,
    });
    opened.forwarders.push(forwarder);
    return forwarder;
  }

  /** Connects through the forwarder and gives both ends. */
  async function join(forwarder: Forwarder): Promise<{ client: Socket; server: Socket }> {
    const arrival = once(target, "connection");
    const client = createConnection({
      host: "127.0.0.1",
      port: Number(forwarder.address.split(":")[1]),
      allowHalfOpen: true,
    });
    client.on("error", () => undefined);
    opened.clients.push(client);
    const [server] = (await arrival) as [Socket];
    return { client, server };
  }

  async function read(socket: Socket, bytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < bytes) {
      const [part] = (await once(socket, "data")) as [Buffer];
      parts.push(part);
      length += part.length;
    }
    return Buffer.concat(parts);
  }

  /** Collects until the socket is closed, however it is closed. */
  async function readToClose(socket: Socket): Promise<number> {
    let length = 0;
    socket.on("data", (part: Buffer) => {
      length += part.length;
    });
    await closed(socket);
    return length;
  }

  /** Unlike `once`, it is content with a reset. */
  function closed(socket: Socket): Promise<void> {
    return new Promise((resolve) => socket.once("close", () => resolve()));
  }

  it("carries bytes both ways and counts them", async () => {
    const forwarder = await forward();
    const { client, server } = await join(forwarder);
    client.write("hello");
    assert.equal((await read(server, 5)).toString(), "hello");
    server.write("yes");
    assert.equal((await read(client, 3)).toString(), "yes");
    assert.deepEqual({ ...forwarder.bytes }, { toTarget: 5, fromTarget: 3 });
  });

  it("comes from the source address that was chosen", async () => {
    const { server } = await join(await forward({ sourceAddress: "127.0.0.7" }));
    assert.equal(server.remoteAddress, "127.0.0.7");
  });

  it("lets two forwarders share one address and others have their own", async () => {
    const first = await join(await forward({ sourceAddress: "127.0.0.2" }));
    const second = await join(await forward({ sourceAddress: "127.0.0.2" }));
    const third = await join(await forward({ sourceAddress: "127.0.0.3" }));
    assert.deepEqual(
      [first, second, third].map((each) => each.server.remoteAddress),
      ["127.0.0.2", "127.0.0.2", "127.0.0.3"],
    );
  });

  it("delays every byte without slowing the stream down", async () => {
    const forwarder = await forward();
    const { client, server } = await join(forwarder);
    forwarder.delay({ toTarget: 150 });
    const piece = Buffer.alloc(256 * 1024, 1);
    const beginMs = performance.now();
    const arrived = read(server, 16 * piece.length);
    for (let count = 0; count < 16; count += 1) client.write(piece);
    await arrived;
    const tookMs = performance.now() - beginMs;
    assert.ok(tookMs >= 149, `it took ${tookMs} ms, less than the delay`);
    assert.ok(tookMs < 16 * 150, `it took ${tookMs} ms: the pieces waited for each other`);
  });

  it("throttles to the rate that was set", async () => {
    const forwarder = await forward();
    forwarder.throttle("toTarget", 400_000);
    const { client, server } = await join(forwarder);
    const beginMs = performance.now();
    const arrived = read(server, 100_000);
    client.write(Buffer.alloc(100_000));
    await arrived;
    assert.ok(performance.now() - beginMs >= 180, "100,000 bytes at 400,000 per second arrived too early");
  });

  it("cuts after exactly the bytes that were allowed", async () => {
    const forwarder = await forward();
    const { client, server } = await join(forwarder);
    forwarder.cutAfter("toTarget", 70_000);
    const arrived = readToClose(server);
    const clientClosed = closed(client);
    client.write(Buffer.alloc(200_000));
    assert.equal(await arrived, 70_000);
    await clientClosed;
    assert.equal(forwarder.bytes.toTarget, 70_000);
  });

  it("accepts new connections after a cut", async () => {
    const forwarder = await forward();
    const first = await join(forwarder);
    const ended = closed(first.server);
    forwarder.cut();
    await ended;
    const second = await join(forwarder);
    second.client.write("again");
    assert.equal((await read(second.server, 5)).toString(), "again");
    assert.equal(forwarder.connections, 2);
  });

  it("holds everything back while stalled and delivers it afterwards", async () => {
    const forwarder = await forward();
    const { client, server } = await join(forwarder);
    forwarder.stall("toTarget");
    client.write("late");
    server.write("now");
    await read(client, 3);
    assert.equal(forwarder.bytes.toTarget, 0);
    const arrived = read(server, 4);
    forwarder.resume();
    assert.equal((await arrived).toString(), "late");
  });

  it("half-closes one direction and leaves the other open", async () => {
    const forwarder = await forward();
    const { client, server } = await join(forwarder);
    server.resume();
    const ended = once(server, "end");
    forwarder.halfClose("toTarget");
    await ended;
    server.write("still here");
    assert.equal((await read(client, 10)).toString(), "still here");
  });

  it("passes on the end of one side", async () => {
    const { client, server } = await join(await forward());
    server.resume();
    const ended = once(server, "end");
    client.end("bye");
    await ended;
    server.write("open");
    assert.equal((await read(client, 4)).toString(), "open");
  });

  it("asks for the target at every connection when it is a function", async () => {
    let asked = 0;
    const forwarder = await forward({
      target: () => {
        asked += 1;
        return `127.0.0.1:${(target.address() as AddressInfo).port}`;
      },
    });
    await join(forwarder);
    await join(forwarder);
    assert.equal(asked, 2);
  });
});
