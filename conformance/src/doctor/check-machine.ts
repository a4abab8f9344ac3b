import { calibrate } from "../runner/calibrate.ts";
import { checkLoopback, checkPorts } from "./check-network.ts";
import { checkTemporaryDirectory } from "./check-temporary-directory.ts";
import { checkTools } from "./check-tools.ts";
import { type Finding, good, note, trouble } from "./finding.ts";

const NODE_MAJOR = 24;
/** From here on bounds are stretched so far that waiting cases take minutes. */
const SLOW_STRETCH = 4;
/** The suite is younger than this; expiry dates of known failures and certificates are compared with the clock. */
const EARLIEST = Date.UTC(2025, 0, 1);

/** Everything that a run needs of the machine, whatever it judges. */
export async function* checkMachine(): AsyncGenerator<Finding> {
  yield checkNode();
  yield* checkLoopback();
  yield await checkPorts();
  yield* checkTemporaryDirectory();
  yield* checkTools();
  yield checkClock();
  yield await checkPace();
}

function checkNode(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= NODE_MAJOR) return good("Node", process.version);
  return trouble("Node", process.version, `use Node ${NODE_MAJOR} or newer`);
}

function checkClock(): Finding {
  const now = new Date();
  if (now.getTime() >= EARLIEST) return good("clock", now.toISOString());
  return trouble(
    "clock",
    `it says ${now.toISOString()}`,
    "set the clock: certificates and dates of expiry are held against it",
  );
}

async function checkPace(): Promise<Finding> {
  const { roundTripMs, timerLateMs, stretch } = await calibrate();
  const found = `a round trip takes ${roundTripMs} ms, timers are up to ${timerLateMs} ms late: bounds × ${stretch.toFixed(1)}`;
  if (stretch < SLOW_STRETCH) return good("pace", found);
  return note("pace", found, "the machine is busy; let other work end first, or expect a long run");
}
