import type { Socket } from "node:net";

/** What a pipe does to the bytes that go through it; changed while they flow. */
export interface PipeRules {
  /** How much later every byte arrives. */
  delayMs: number;
  /** The most that passes; Infinity for no bound. */
  bytesPerSecond: number;
  /** While true nothing passes and nothing is taken in, so that the sender feels it. */
  stalled: boolean;
}

/** One direction of one forwarded connection. */
export interface Pipe {
  /** To be called when the rules have changed. */
  wake(): void;
  /** Ends the outgoing side at once and drops what is still under way. */
  endOutgoing(): void;
  stop(): void;
}

/** Asked before bytes leave: how many of them may, and whether the connection is cut after them. */
export type Allowance = (bytes: number) => { readonly allowed: number; readonly thenCut: boolean };

const HELD_BYTES_MAX = 64 * 1024 * 1024;
const THROTTLED_PIECE_BYTES = 16 * 1024;

interface HeldPiece {
  readonly dueMs: number;
  readonly bytes: Buffer | "end";
}

/**
 * Moves bytes from one socket to another by the rules.
 *
 * Delay is real latency: every piece waits on its own, and what follows is taken in meanwhile, up to 64 MiB under way.
 */
export function startPipe(from: Socket, to: Socket, rules: PipeRules, allow: Allowance, cut: () => void): Pipe {
  const held: HeldPiece[] = [];
  let heldBytes = 0;
  let freeAtMs = 0;
  let outgoingEnded = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  from.on("data", (bytes: Buffer) => {
    if (outgoingEnded) return;
    hold(bytes);
  });
  from.on("end", () => hold("end"));
  to.on("drain", pump);

  function hold(bytes: Buffer | "end"): void {
    held.push({ dueMs: performance.now() + rules.delayMs, bytes });
    if (bytes !== "end") heldBytes += bytes.length;
    pump();
  }

  function pump(): void {
    clearTimeout(timer);
    while (!stopped && !outgoingEnded && !rules.stalled && !to.writableNeedDrain) {
      const next = held[0];
      if (next === undefined) break;
      const waitMs = Math.max(next.dueMs, freeAtMs) - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(pump, waitMs);
        break;
      }
      held.shift();
      if (next.bytes === "end") end();
      else write(next.bytes, next.dueMs);
    }
    if (!stopped) takeIn();
  }

  function write(bytes: Buffer, dueMs: number): void {
    const piece = rules.bytesPerSecond === Infinity ? bytes : bytes.subarray(0, THROTTLED_PIECE_BYTES);
    if (piece.length < bytes.length) held.unshift({ dueMs, bytes: bytes.subarray(piece.length) });
    const { allowed, thenCut } = allow(piece.length);
    heldBytes -= piece.length;
    if (thenCut) {
      stopped = true;
      // Only once they are with the system: a reset throws away what the socket still holds.
      to.write(piece.subarray(0, allowed), cut);
      return;
    }
    to.write(piece);
    if (rules.bytesPerSecond !== Infinity) {
      freeAtMs = Math.max(performance.now(), freeAtMs) + (piece.length * 1000) / rules.bytesPerSecond;
    }
  }

  function takeIn(): void {
    const full = rules.stalled || heldBytes >= HELD_BYTES_MAX;
    if (full && !outgoingEnded) from.pause();
    else if (from.isPaused()) from.resume();
  }

  function end(): void {
    outgoingEnded = true;
    to.end();
  }

  return {
    wake: pump,
    endOutgoing() {
      held.length = 0;
      heldBytes = 0;
      if (!outgoingEnded) end();
      takeIn();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      held.length = 0;
    },
  };
}
