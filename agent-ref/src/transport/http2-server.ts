import type http2 from "node:http2";
import type { Socket } from "node:net";
import type { Server } from "@grpc/grpc-js";

/**
 * Tells `use` of the HTTP/2 server under `server` once there is one. grpc-js hides it, so this is the one place that reaches behind its
 * interface. Call it before the server is bound. Throws when this version of grpc-js makes its HTTP/2 server elsewhere.
 */
export function onHttp2Server(server: Server, use: (http2Server: http2.Http2Server) => void): void {
  const internals = server as unknown as { createHttp2Server?: (...args: unknown[]) => http2.Http2Server };
  const create = internals.createHttp2Server;
  if (typeof create !== "function") throw new Error("this version of @grpc/grpc-js makes its HTTP/2 server elsewhere");
  internals.createHttp2Server = (...args) => {
    const http2Server = create.apply(server, args);
    use(http2Server);
    return http2Server;
  };
}

/** The connections of a server, those on which nothing was ever said included. */
export interface Connections {
  /** Ends every one at once. */
  destroy(): void;
}

/** Follows the connections from now on: grpc-js knows only of those on which calls are made, and would wait for the others for ever. */
export function followConnections(http2Server: http2.Http2Server): Connections {
  const open = new Set<Socket>();
  http2Server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return {
    destroy() {
      for (const socket of open) socket.destroy();
    },
  };
}
