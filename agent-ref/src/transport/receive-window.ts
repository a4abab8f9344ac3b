import { once } from "node:events";
import http2 from "node:http2";

/**
 * How much a peer can send before it hears back. The 64 KiB of HTTP/2 carry less than 2 MiB/s at 20 ms round trip; 8 MiB fill a fast link.
 */
const RECEIVE_WINDOW_BYTES = 8 * 1024 * 1024;

const CHECK_TIMEOUT_MS = 10_000;

/**
 * Raises the receive window of every connection and stream of a server that is not bound yet. grpc-js has no option for it;
 * {@link checkReceiveWindow} tells whether it worked.
 */
export function raiseReceiveWindow(http2Server: http2.Http2Server): void {
  http2Server.updateSettings({ initialWindowSize: RECEIVE_WINDOW_BYTES });
  http2Server.on("session", (session) => session.setLocalWindowSize(RECEIVE_WINDOW_BYTES));
}

/** Connects to the server as a peer would and throws when the windows it is given are not the raised ones. */
export async function checkReceiveWindow(host: string, port: number, tls: boolean): Promise<void> {
  const authority = `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  // Only windows are looked at, and nothing is sent: whose certificate it is does not matter.
  const session = http2.connect(authority, { rejectUnauthorized: false });
  try {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    await once(session, "remoteSettings", { signal });
    // The window of the connection is raised by a frame of its own, which the answer to a ping follows.
    await new Promise<void>((resolve, reject) => {
      session.once("close", () => reject(new Error("the connection was closed")));
      session.ping((error) => (error ? reject(error) : resolve()));
    });
    const streamWindow = session.remoteSettings.initialWindowSize ?? 0;
    const connectionWindow = session.state.remoteWindowSize ?? 0;
    if (streamWindow < RECEIVE_WINDOW_BYTES || connectionWindow < RECEIVE_WINDOW_BYTES) {
      throw new Error(
        notRaised(`a peer sees ${streamWindow} bytes for a stream and ${connectionWindow} for a connection`),
      );
    }
  } finally {
    session.on("error", () => {});
    session.destroy();
  }
}

function notRaised(why: string): string {
  return `The HTTP/2 receive window could not be raised to ${RECEIVE_WINDOW_BYTES} bytes: ${why}. Syncs would crawl on any real network, so the agent does not start.`;
}
