import { Client, type ClientDuplexStream, credentials, Metadata, type StatusObject } from "@grpc/grpc-js";
import { failed } from "../../expect/failed.ts";

/** Bytes out, bytes in: the suite codes messages itself, so that it can send what no library would. */
export interface RawChannel {
  /** Makes a unary call. Fails with words when the agent does not answer in `patienceMs`. */
  unary(path: string, request: Buffer, metadata: Readonly<Record<string, string>>, patienceMs: number): Promise<RawEnd>;
  /** Opens a call of streams both ways. */
  bidi(path: string): ClientDuplexStream<Buffer, Buffer>;
  close(): void;
}

/** How a unary call ended. */
type RawEnd =
  | { readonly kind: "answered"; readonly bytes: Buffer }
  | { readonly kind: "refused"; readonly end: StatusObject };

const asIs = (bytes: Buffer): Buffer => bytes;

/** Opens a channel that shares no connection with another, repeats nothing by itself and asks no proxy. */
export function openRawChannel(address: string): RawChannel {
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_receive_message_length": -1, // what the agent may send is judged by the suite, not by the library
    "grpc.max_send_message_length": -1, // the suite sends too much on purpose
    "grpc-node.flow_control_window": 8 << 20, // the library's 64 KiB would measure the suite, not the agent
  });
  return {
    unary: (path, request, metadata, patienceMs) => unary(client, path, request, metadata, patienceMs),
    bidi: (path) => client.makeBidiStreamRequest(path, asIs, asIs),
    close: () => client.close(),
  };
}

/** A deadline of gRPC would look like the agent's own DEADLINE_EXCEEDED, so the suite keeps the time itself. */
function unary(
  client: Client,
  path: string,
  request: Buffer,
  metadata: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<RawEnd> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(path, asIs, asIs, request, metadataOf(metadata), (error, bytes) => {
      clearTimeout(timer);
      if (error) resolve({ kind: "refused", end: error });
      else resolve({ kind: "answered", bytes: bytes ?? Buffer.alloc(0) });
    });
    const timer = setTimeout(() => {
      reject(noAnswer(path, patienceMs));
      call.cancel();
    }, patienceMs);
  });
}

function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}

/** The failure of an agent that leaves a call without an answer: of the clause that the case is about, because that says what the answer is. */
export function noAnswer(path: string, patienceMs: number): Error {
  return failed({
    code: "no-answer",
    expected: `an answer of ${path}`,
    actual: `none within ${patienceMs} ms`,
  });
}
