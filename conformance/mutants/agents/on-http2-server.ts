import type http2 from "node:http2";

/** Does something to the HTTP/2 server that a gRPC server makes when it is bound. */
export function onHttp2Server(grpcServer: object, work: (made: http2.Http2Server) => void): void {
  const internals = grpcServer as { createHttp2Server(...words: unknown[]): http2.Http2Server };
  const create = internals.createHttp2Server;
  internals.createHttp2Server = (...words) => {
    const made = create.apply(grpcServer, words);
    work(made);
    return made;
  };
}
