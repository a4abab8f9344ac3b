import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a port that a test can cut; new connections come through again. */
export interface CuttableRelay extends AsyncDisposable {
  readonly port: number;
  /** Resets every connection that is open now. */
  cut(): void;
}

export async function startCuttableRelay(targetPort: number): Promise<CuttableRelay> {
  const open = new Set<Socket>();
  const listener = createServer((inner) => {
    const outer = connect(targetPort, "127.0.0.1");
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    async [Symbol.asyncDispose]() {
      listener.close();
      cut();
    },
  };
}
