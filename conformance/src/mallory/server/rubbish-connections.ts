import { openRawConnections, type RawConnections } from "../../network/raw-connections.ts";
import { HTTP2_PREFACE } from "./http2-preface.ts";

/** What is no HTTP/2: HTTP/1, the hello of TLS, zeros, SSH, and rubbish behind a true preface. One character is one byte. */
const RUBBISH: readonly string[] = [
  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "\0".repeat(10_000),
  "SSH-2.0-OpenSSH_9.9\r\n",
  `${HTTP2_PREFACE}${"\xff".repeat(1_000)}`,
];

/** HS-034, ERR-007: opens connections to an agent that say what is no HTTP/2, and leaves them open. The agent goes on. */
export function openRubbishConnections(address: string): Promise<RawConnections> {
  return openRawConnections(
    address,
    RUBBISH.map((text) => Buffer.from(text, "latin1")),
  );
}
