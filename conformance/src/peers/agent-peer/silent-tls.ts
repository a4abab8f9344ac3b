import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { Conditions } from "./conditions.ts";
import type { PeerCertificate } from "./options.ts";

/** An agent that completes the handshake of TLS and then only listens, so that a single byte of a client shows. */
export interface SilentTls {
  readonly address: string;
  /** Handshakes of TLS that were completed. */
  readonly handshakes: number;
  /** Decrypted bytes that clients have sent. */
  readonly applicationBytes: number;
  /** Resolves to true once `holds`, or to false after `withinMs`. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>;
  /** Has `until` ask again. */
  wake(): void;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startSilentTls(certificate: PeerCertificate): Promise<SilentTls> {
  const sockets = new Set<TLSSocket>();
  const conditions = new Conditions();
  let handshakes = 0;
  let applicationBytes = 0;

  const server = createServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem, ALPNProtocols: ["h2"] },
    (socket) => {
      handshakes += 1;
      sockets.add(socket);
      socket.on("data", (bytes) => {
        applicationBytes += bytes.length;
        conditions.changed();
      });
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get handshakes() {
      return handshakes;
    },
    get applicationBytes() {
      return applicationBytes;
    },
    until: (holds, withinMs) => conditions.until(holds, withinMs),
    wake: () => conditions.changed(),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
