import { once } from "node:events";
import { type AddressInfo, createConnection, createServer } from "node:net";

/** How fast this machine is just now. */
export interface Calibration {
  /** The median round trip of one byte over loopback. */
  readonly roundTripMs: number;
  /** How late a timer fires, at worst of some tries. */
  readonly timerLateMs: number;
  /** By how much bounds are stretched; 1 on a machine that is idle. */
  readonly stretch: number;
}

const TRIES = 20;
/** What an idle laptop stays below; slower machines stretch the bounds in proportion. */
const USUAL_ROUND_TRIP_MS = 1;
const USUAL_TIMER_LATE_MS = 10;
const GREATEST_STRETCH = 10;

/** Measures the machine for a few milliseconds, so that bounds in time are fair on a slow or busy one. */
export async function calibrate(): Promise<Calibration> {
  const roundTripMs = await medianRoundTripMs();
  const timerLateMs = await worstTimerLateMs();
  const slowness = Math.max(1, roundTripMs / USUAL_ROUND_TRIP_MS, timerLateMs / USUAL_TIMER_LATE_MS);
  return { roundTripMs, timerLateMs, stretch: Math.min(slowness, GREATEST_STRETCH) };
}

async function medianRoundTripMs(): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = createConnection({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, noDelay: true });
  await once(socket, "connect");
  const tookMs: number[] = [];
  for (let count = 0; count < TRIES; count += 1) {
    const beginMs = performance.now();
    socket.write("x");
    await once(socket, "data");
    tookMs.push(performance.now() - beginMs);
  }
  socket.destroy();
  server.close();
  tookMs.sort((a, b) => a - b);
  return rounded(tookMs[TRIES / 2] ?? 0);
}

async function worstTimerLateMs(): Promise<number> {
  let worst = 0;
  for (let count = 0; count < TRIES; count += 1) {
    const beginMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
    worst = Math.max(worst, performance.now() - beginMs - 1);
  }
  return rounded(worst);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
