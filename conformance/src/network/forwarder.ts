import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { type Allowance, type Pipe, type PipeRules, startPipe } from "./pipe.ts";

/** Which way bytes go: from the one who connected to the target, or back. */
type ForwardDirection = "toTarget" | "fromTarget";

export interface ForwarderOptions {
  /** `host:port`; as a function it is asked for every connection, so that a target that was restarted is found again. */
  readonly target: string | (() => string);
  /** The address on this machine that the target sees, such as `127.0.0.2`; the system chooses when absent. */
  readonly sourceAddress?: string;
}

/**
 * A TCP forwarder in this process, between a peer and the target.
 *
 * Everything it does to the network holds for the connections that are open and for those to come.
 */
export interface Forwarder {
  /** `host:port` to connect to. */
  readonly address: string;
  /** Bytes that have passed so far, over all connections. */
  readonly bytes: Readonly<Record<ForwardDirection, number>>;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Real latency: every byte arrives so much later, and as many are under way as the sender likes. Zero ends it. */
  delay(delayMs: Partial<Record<ForwardDirection, number>>): void;
  /** Lets at most so many bytes per second pass on each connection; Infinity ends it. */
  throttle(direction: ForwardDirection, bytesPerSecond: number): void;
  /** Lets `bytes` more bytes pass, counted from now over all connections, and then cuts every connection with a reset. */
  cutAfter(direction: ForwardDirection, bytes: number): void;
  /** Holds everything back in one direction, or in both, with the connections open. */
  stall(direction?: ForwardDirection): void;
  /** Ends a stall. */
  resume(): void;
  /** Ends the outgoing side in this direction on every open connection; the other direction goes on. */
  halfClose(direction: ForwardDirection): void;
  /** Cuts every open connection with a reset. New ones are accepted. */
  cut(): void;
  /** Cuts everything and stops listening. */
  close(): Promise<void>;
}

const DIRECTIONS: readonly ForwardDirection[] = ["toTarget", "fromTarget"];

interface Link {
  readonly sockets: readonly Socket[];
  readonly pipes: Readonly<Record<ForwardDirection, Pipe>>;
}

/** Starts a forwarder on a free port of 127.0.0.1. */
export async function startForwarder(options: ForwarderOptions): Promise<Forwarder> {
  const links = new Set<Link>();
  const bytes = { toTarget: 0, fromTarget: 0 };
  const untilCut = { toTarget: Infinity, fromTarget: Infinity };
  const rules: Record<ForwardDirection, PipeRules> = { toTarget: freeRules(), fromTarget: freeRules() };
  let connections = 0;

  // Half-open on purpose: that one side has ended says nothing about the other.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  function accept(client: Socket): void {
    connections += 1;
    const target = connectTo(options);
    const pipes = {
      toTarget: startPipe(client, target, rules.toTarget, allowance("toTarget"), cut),
      fromTarget: startPipe(target, client, rules.fromTarget, allowance("fromTarget"), cut),
    };
    const link: Link = { sockets: [client, target], pipes };
    links.add(link);
    for (const socket of link.sockets) {
      socket.on("error", () => drop(link));
      socket.on("close", () => {
        if (link.sockets.every((each) => each.closed || each === socket)) drop(link);
      });
    }
  }

  function allowance(direction: ForwardDirection): Allowance {
    return (wanted) => {
      const allowed = Math.min(wanted, untilCut[direction]);
      untilCut[direction] -= allowed;
      bytes[direction] += allowed;
      return { allowed, thenCut: untilCut[direction] === 0 };
    };
  }

  function drop(link: Link): void {
    if (!links.delete(link)) return;
    for (const pipe of Object.values(link.pipes)) pipe.stop();
    for (const socket of link.sockets) socket.resetAndDestroy();
  }

  function cut(): void {
    untilCut.toTarget = Infinity;
    untilCut.fromTarget = Infinity;
    for (const link of [...links]) drop(link);
  }

  function wake(): void {
    for (const link of links) for (const pipe of Object.values(link.pipes)) pipe.wake();
  }

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes,
    get connections() {
      return connections;
    },
    delay(delayMs) {
      for (const direction of DIRECTIONS) rules[direction].delayMs = delayMs[direction] ?? rules[direction].delayMs;
    },
    throttle(direction, bytesPerSecond) {
      rules[direction].bytesPerSecond = bytesPerSecond;
      wake();
    },
    cutAfter(direction, count) {
      untilCut[direction] = count;
    },
    stall(direction) {
      for (const each of direction === undefined ? DIRECTIONS : [direction]) rules[each].stalled = true;
      wake();
    },
    resume() {
      for (const direction of DIRECTIONS) rules[direction].stalled = false;
      wake();
    },
    halfClose(direction) {
      for (const link of links) link.pipes[direction].endOutgoing();
    },
    cut,
    async close() {
      cut();
      server.close();
      if (server.listening) await once(server, "close");
    },
  };
}

function freeRules(): PipeRules {
  return { delayMs: 0, bytesPerSecond: Infinity, stalled: false };
}

function connectTo(options: ForwarderOptions): Socket {
  const target = typeof options.target === "string" ? options.target : options.target();
  const colon = target.lastIndexOf(":");
  return createConnection({
    host: target.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(target.slice(colon + 1)),
    localAddress: options.sourceAddress,
    allowHalfOpen: true,
    noDelay: true,
  });
}
