import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { AgentAddress } from "./agent-address.ts";

/** A way to an agent that leaves this machine from a chosen address. */
export interface SourceForwarder {
  /** Where to connect instead of the agent's own address. */
  readonly address: AgentAddress;
  /** Why the agent could not be reached, where it could not: the listener's end of a connection only breaks. */
  readonly failure: Error | undefined;
  close(): void;
}

/**
 * grpc-js opens its sockets itself and offers no local address, but an agent judges a server by the address it comes from (INST-015). So a listener on
 * loopback, in this process, hands every byte on over sockets bound to the wanted address; TLS passes through it unopened.
 */
export async function startSourceForwarder(target: AgentAddress, source: string): Promise<SourceForwarder> {
  const open = new Set<Socket>();
  let failure: Error | undefined;
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (inner) => {
    const outer = connect({ ...target, localAddress: source, allowHalfOpen: true, noDelay: true });
    outer.on("error", (error) => {
      failure = error;
    });
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.resetAndDestroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroySoon();
      });
      socket.pipe(other);
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    address: { host: "127.0.0.1", port: (listener.address() as AddressInfo).port },
    get failure() {
      return failure;
    },
    close() {
      listener.close();
      for (const socket of open) socket.destroy();
    },
  };
}
