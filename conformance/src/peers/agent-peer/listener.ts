import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { PeerCertificate } from "./options.ts";

/** Where an agent of the suite's accepts connections, which it can count and cut. */
export interface Listener {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Cuts every open connection with a reset; new ones are accepted. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Serves `services` on a free port of 127.0.0.1, with TLS when there is a certificate.
 *
 * The sockets are accepted here and handed to gRPC, because gRPC tells nobody of a connection that carries no call.
 */
export async function listen(
  services: Server,
  certificate: PeerCertificate | undefined,
  onConnection: () => void,
): Promise<Listener> {
  const injector = services.createConnectionInjector(credentialsOf(certificate));
  const sockets = new Set<Socket>();
  let connections = 0;

  const accept = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A peer that goes away is no fault of the suite.
    socket.on("error", () => socket.destroy());
    injector.injectConnection(socket);
    onConnection();
  });
  accept.listen(0, "127.0.0.1");
  await once(accept, "listening");

  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (accept.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cut,
    async close() {
      const closed = once(accept, "close");
      accept.close();
      injector.destroy();
      services.forceShutdown();
      // No reset here: resetting a socket that gRPC is shutting down leaves Node waiting for ever when the process ends.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function credentialsOf(certificate: PeerCertificate | undefined): ServerCredentials {
  if (certificate === undefined) return ServerCredentials.createInsecure();
  const pair = {
    cert_chain: Buffer.from(certificate.certificatePem),
    private_key: Buffer.from(certificate.privateKeyPem),
  };
  return ServerCredentials.createSsl(null, [pair]);
}
