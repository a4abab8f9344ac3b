import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, it } from "mocha";
import { startGrpcServer } from "./grpc-server.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

describe("a server that stops", () => {
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  for (const [what, bytes] of [
    ["say nothing", ""],
    ["stop within the preface", PREFACE.slice(0, 10)],
    ["stop after the preface", PREFACE],
  ] as const) {
    it(`waits no longer than its grace for connections that ${what}`, async () => {
      const server = await startGrpcServer({
        host: "127.0.0.1",
        port: 0,
        tls: undefined,
        maxMessageBytes: 0,
        services: [],
      });
      const socket = connect(server.port, "127.0.0.1");
      sockets.push(socket);
      socket.on("error", () => {}).resume();
      const closed = once(socket, "close");
      await once(socket, "connect");
      if (bytes !== "") socket.write(bytes);
      await server.stop(20);
      await closed;
    });
  }
});
