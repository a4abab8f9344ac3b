import { createConnection } from "node:net";
import { within } from "./within.ts";

/** How an HTTP/2 connection begins, with empty settings: what every gRPC server answers with settings of its own. */
const GREETING = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from("000000040000000000", "hex"),
]);
const SETTINGS_FRAME = 4;
const ENOUGH_BYTES = 9;
const SHOWN_BYTES = 40;

/**
 * What kind of thing listens at an address, for the message when it does not answer as an agent: what it says first when it is
 * greeted as a gRPC server.
 */
export async function listenerInWords(address: string, withinMs: number): Promise<string> {
  const heard = await listen(address, withinMs);
  if (heard.refused !== undefined) return `nothing can be reached there: ${heard.refused}`;
  return inWords(heard.bytes, heard.closed);
}

function inWords(bytes: Buffer, closed: boolean): string {
  const text = bytes.toString("latin1");
  if (bytes.length === 0) {
    return closed
      ? "it closes every connection without a word; behind a TLS listener that is usual, and the suite speaks plaintext to an agent"
      : "it takes the connection and says nothing; is it a gRPC server, and in plaintext?";
  }
  if (/^HTTP\/[01]\.[0-9]/.test(text))
    return "it speaks HTTP/1, where gRPC needs HTTP/2; is this the port of a web page?";
  if (text.startsWith("SSH-")) return `it is an SSH server (${firstLine(text)}); the address is another program's`;
  if (bytes[0] === 0x15 && bytes[1] === 0x03) {
    return "it speaks TLS, and the suite speaks plaintext to an agent; start it without TLS on loopback";
  }
  if (bytes.length >= ENOUGH_BYTES && bytes[3] === SETTINGS_FRAME) {
    return "it speaks HTTP/2, and does not answer berth.handshake.v1.HandshakeService/Negotiate";
  }
  return `it speaks no HTTP/2: it says ${JSON.stringify(text.slice(0, SHOWN_BYTES))}`;
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0]!.slice(0, SHOWN_BYTES);
}

interface Heard {
  readonly bytes: Buffer;
  readonly closed: boolean;
  readonly refused?: string;
}

async function listen(address: string, withinMs: number): Promise<Heard> {
  const { host, port } = splitAddress(address);
  const socket = createConnection({ host, port });
  let bytes = Buffer.alloc(0);
  const ended = new Promise<Omit<Heard, "bytes">>((resolve) => {
    socket.once("connect", () => socket.write(GREETING));
    socket.on("data", (part: Buffer) => {
      bytes = Buffer.concat([bytes, part]);
      if (bytes.length >= ENOUGH_BYTES) resolve({ closed: false });
    });
    socket.once("close", () => resolve({ closed: true }));
    socket.once("error", (error) => resolve(reason(error)));
  });
  const end = await within(ended, withinMs);
  socket.destroy();
  return { bytes, ...(end ?? { closed: false }) };
}

function reason(error: Error): Omit<Heard, "bytes"> {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "EPIPE" ? { closed: true } : { closed: true, refused: error.message };
}

/** Host and port of `host:port`; an IPv6 address stands in brackets. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port: Number(address.slice(colon + 1)) };
}
