import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** TCP connections that say only what they were told to, and stay open. */
export interface RawConnections {
  /** Ends them all. */
  close(): void;
}

/**
 * Opens one TCP connection to `host:port` for each of the beginnings, one after another, and sends it.
 *
 * @throws {Error} when one cannot be opened; those before it are ended then.
 */
export async function openRawConnections(address: string, beginnings: readonly Buffer[]): Promise<RawConnections> {
  const sockets: Socket[] = [];
  const close = () => {
    for (const socket of sockets) socket.destroy();
  };
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replaceAll(/[[\]]/g, "");
  try {
    for (const bytes of beginnings) {
      const socket = connect({ host, port: Number(address.slice(colon + 1)) });
      sockets.push(socket);
      socket.on("error", () => {}); // an agent may close what is no HTTP/2
      await once(socket, "connect");
      if (bytes.length > 0) socket.write(bytes);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}
