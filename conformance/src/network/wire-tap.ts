import { once } from "node:events";
import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { Error as BerthError } from "@berth/proto/messages/handshake/v1/handshake";
import type { Transcript } from "../report/transcript.ts";
import { messageReader } from "./message-reader.ts";
import { type TapMethod, tapMethods } from "./tap-methods.ts";

export interface WireTapOptions {
  /** `host:port` of the agent. */
  readonly target: string;
  /** The address on this machine that the agent sees, such as `127.0.0.2`. */
  readonly sourceAddress: string;
  /** Who connects, for the transcript. */
  readonly peer: string;
  readonly transcript: Transcript;
  /** Told of every decoded message, and of every error a call ended with. */
  readonly onMessage?: (method: string, direction: "sent" | "received", message: unknown) => void;
}

/** A relay between a server and an agent that reads along. Nothing it passes on is changed. */
export interface WireTap {
  /** `host:port` for the server to connect to. */
  readonly address: string;
  /** Cuts everything and stops listening. */
  close(): Promise<void>;
}

/** Starts a relay of HTTP/2 without TLS on a free port of 127.0.0.1. */
export async function startWireTap(options: WireTapOptions): Promise<WireTap> {
  const sessions = new Set<ServerHttp2Session | ClientHttp2Session>();
  const server = http2.createServer();
  const keep = <Session extends ServerHttp2Session | ClientHttp2Session>(session: Session): Session => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => session.destroy()); // an end that goes away is what the other end has to be told
    return session;
  };

  // Each connection of the server is a connection of its own to the agent.
  server.on("session", (incoming) => {
    keep(incoming);
    const outgoing = keep(connectFrom(options));
    outgoing.on("close", () => incoming.destroy());
    incoming.on("close", () => outgoing.destroy());
    incoming.on("stream", (stream, headers) => relay(stream, headers, outgoing, options));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

function connectFrom({ target, sourceAddress }: WireTapOptions): ClientHttp2Session {
  const colon = target.lastIndexOf(":");
  const [host, port] = [target.slice(0, colon), Number(target.slice(colon + 1))];
  return http2.connect(`http://${target}`, {
    createConnection: () => connect({ host, port, localAddress: sourceAddress }),
  });
}

function relay(
  incoming: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  session: ClientHttp2Session,
  options: WireTapOptions,
): void {
  const path = String(headers[http2.constants.HTTP2_HEADER_PATH]);
  const method = tapMethods.get(path);
  const note = noteOf(options, method?.name ?? path);
  const outgoing = session.request(withoutConnectionHeaders(headers), { endStream: false });
  joinEnds(incoming, outgoing);

  if (method !== undefined) readAlong(incoming, outgoing, method, note);
  incoming.pipe(outgoing);
  outgoing.on("response", (response, flags) => {
    if (incoming.destroyed || incoming.headersSent) return;
    const endStream = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    if (endStream) noteStatus(response, note);
    incoming.respond(withoutPseudoHeaders(response), { endStream, waitForTrailers: !endStream });
    if (!endStream) outgoing.pipe(incoming);
  });
  let trailers: IncomingHttpHeaders = {};
  outgoing.on("trailers", (received) => {
    trailers = received;
    noteStatus(received, note);
  });
  incoming.on("wantTrailers", () => incoming.sendTrailers(trailers));
}

type Note = (direction: "sent" | "received", message: unknown) => void;

function noteOf({ peer, transcript, onMessage }: WireTapOptions, method: string): Note {
  return (direction, message) => {
    transcript.record(direction, peer, method, message);
    onMessage?.(method, direction, message);
  };
}

function readAlong(
  incoming: ServerHttp2Stream,
  outgoing: ClientHttp2Stream,
  { request, response }: TapMethod,
  note: Note,
): void {
  incoming.on(
    "data",
    messageReader((bytes) => note("sent", decoded(request, bytes))),
  );
  outgoing.on(
    "data",
    messageReader((bytes) => note("received", decoded(response, bytes))),
  );
}

function decoded(decode: (bytes: Buffer) => unknown, bytes: Buffer): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    return `not a message of this method: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A call that ends well says nothing more; one that does not ends with a status, and with an error as data where an agent decided it. */
function noteStatus(trailers: IncomingHttpHeaders, note: Note): void {
  const status = Number(trailers["grpc-status"] ?? 0);
  if (status === 0) return;
  const encoded = trailers["berth-error-bin"];
  const error = typeof encoded === "string" ? decoded(BerthError.decode, Buffer.from(encoded, "base64")) : undefined;
  note("received", { status, message: String(trailers["grpc-message"] ?? ""), error });
}

function joinEnds(incoming: ServerHttp2Stream, outgoing: ClientHttp2Stream): void {
  for (const [stream, other] of [
    [incoming, outgoing],
    [outgoing, incoming],
  ] as const) {
    stream.on("error", () => other.close(http2.constants.NGHTTP2_CANCEL));
    stream.on("aborted", () => other.close(http2.constants.NGHTTP2_CANCEL));
  }
}

function withoutConnectionHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection, ...others } = headers;
  return others;
}

function withoutPseudoHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === ":status" || !name.startsWith(":")));
}
