import { isIP } from "node:net";
import { join } from "node:path";
import type { Limits, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { agentProcess } from "../attach/agent-process.ts";
import { listenerInWords, splitAddress } from "../attach/listener-in-words.ts";
import type { Command } from "../attach/process-group.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "../attach/temporary-directory.ts";
import { dialectsInWords, dialectsOfVersion, isUnpublished } from "../dialect.ts";
import { checkNegotiate } from "../peers/server-peer/check-negotiate.ts";
import { ConformanceFailure } from "../runner/failure.ts";
import { probeNegotiate, probeRequest } from "../runner/negotiate-probe.ts";
import { type Finding, good, note, reasonOf, trouble } from "./finding.ts";

const PROBE_MS = 5_000;
const LISTEN_MS = 1_000;
const FEATURES = ["server-identity@1", "zstd@1"] as const;
const CONTRACT = "conformance/AGENT.md says what it is given";
/** Any limit, asked for to see whether limits can be asked for. */
const ASKED_FILES = 4321;

/** An agent that runs already. */
export async function* checkAgentByAddress(address: string): AsyncGenerator<Finding> {
  yield note("attachment", "by address: cases that restart it, kill it or look into its root are not applicable");
  yield* checkGreeting(address);
}

/** An agent from its command: its start, what it answers, its limits, its end, and its second start. */
export async function* checkAgentByCommand(command: Command, patienceMs: number): AsyncGenerator<Finding> {
  const home = makeTemporaryDirectory("berth-agent-");
  const agent = agentProcess({ command, root: join(home, "root"), patienceMs });
  try {
    try {
      await agent.start();
    } catch (error) {
      yield trouble("start", reasonOf(error), `start it by hand with the same variables; ${CONTRACT}`);
      return;
    }
    yield good("ready file", `it was written and says ${agent.address}`);
    yield* checkGreeting(agent.address);
    yield* checkEnd(agent);
    yield* checkLimits(command, patienceMs);
  } finally {
    await agent.kill();
    await removeTemporaryDirectory(home);
  }
}

async function* checkGreeting(address: string): AsyncGenerator<Finding> {
  yield checkAddress(address);
  const answer = await probeNegotiate(address, FEATURES, PROBE_MS);
  if (answer.kind === "failed") {
    const listener = await listenerInWords(address, LISTEN_MS);
    const remedy = "serve berth.handshake.v1.HandshakeService there, in plaintext; begin with spec/handshake.md";
    yield trouble("Negotiate", `a good greeting is not answered: ${listener} (${answer.reason})`, remedy);
    return;
  }
  yield* inWords(answer.response);
}

function checkAddress(address: string): Finding {
  const { host } = splitAddress(address);
  const loopback = host === "localhost" || host.startsWith("127.") || host === "::1";
  if (loopback) return good("address", `${address} is on loopback`);
  const what = isIP(host) === 0 ? "a name" : "an address beyond loopback";
  return note("address", `${address} is ${what}`, "the suite is made for one machine: listen where BERTH_LISTEN says");
}

function* inWords(response: NegotiateResponse): Generator<Finding> {
  const { agentVersion, dialect, features, limits, instanceName } = response;
  try {
    checkNegotiate(probeRequest(FEATURES), response);
    yield good("Negotiate", `answered, with the instance ${instanceName}`);
  } catch (error) {
    if (!(error instanceof ConformanceFailure)) throw error;
    const found = `the answer breaks ${error.clause}: expected ${error.expected}, got ${error.actual}`;
    yield trouble("Negotiate", found, `berth-conformance explain ${error.clause}`);
  }
  const spoken = dialectsOfVersion(agentVersion);
  if (isUnpublished(agentVersion)) {
    yield trouble(
      "version",
      `${agentVersion}, which was never published`,
      "announce 46 or lower, or 49 or higher (HS-006)",
    );
  } else yield good("version", `${agentVersion}: it has to speak the dialects ${dialectsInWords(spoken)}`);
  if (spoken.at(-1) === dialect) yield good("dialect", `${dialect}, the highest it has to speak`);
  else
    yield trouble(
      "dialect",
      `${dialect}, where ${spoken.at(-1)} is the highest both speak`,
      "berth-conformance explain HS-011",
    );
  const rest = FEATURES.filter((feature) => !features.includes(feature));
  yield good(
    "features",
    `${features.join(", ") || "none"}${rest.length > 0 ? `; without ${rest.join(", ")}, whose cases are not applicable` : ""}`,
  );
  yield good("limits", limitsInWords(limits));
}

function limitsInWords(limits: Limits | undefined): string {
  return Object.entries(limits ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

async function* checkEnd(agent: ReturnType<typeof agentProcess>): AsyncGenerator<Finding> {
  try {
    await agent.stop();
    yield good("SIGTERM", "it ended");
  } catch (error) {
    yield trouble(
      "SIGTERM",
      reasonOf(error),
      "end on SIGTERM once what is under way is ended; the suite restarts agents so",
    );
    return;
  }
  try {
    await agent.start();
    yield good("restart", "it started again over the same root");
  } catch (error) {
    yield trouble("restart", reasonOf(error), "start over a root that an earlier run has left, as after a crash");
  }
}

/** Cases about limits start an agent of their own with limits that can be reached. */
async function* checkLimits(command: Command, patienceMs: number): AsyncGenerator<Finding> {
  const home = makeTemporaryDirectory("berth-agent-");
  const limits = { maxFiles: ASKED_FILES };
  const agent = agentProcess({ command, root: join(home, "root"), patienceMs, limits });
  try {
    await agent.start();
    const answer = await probeNegotiate(agent.address, [], PROBE_MS);
    const announced = answer.kind === "answered" ? answer.response.limits?.maxFiles : undefined;
    const dialect = answer.kind === "answered" ? answer.response.dialect : 0;
    if (announced === ASKED_FILES) yield good("limits asked for", "BERTH_LIMIT_MAX_FILES is followed");
    else if (dialect < 49) yield note("limits asked for", "max_files is no limit of its dialect");
    else {
      const found = `BERTH_LIMIT_MAX_FILES=${ASKED_FILES} and max_files ${announced}`;
      yield trouble(
        "limits asked for",
        found,
        `follow BERTH_LIMIT_<NAME>, or the cases about limits fail; ${CONTRACT}`,
      );
    }
  } catch (error) {
    yield trouble("limits asked for", reasonOf(error), `start with BERTH_LIMIT_MAX_FILES set; ${CONTRACT}`);
  } finally {
    await agent.kill();
    await removeTemporaryDirectory(home);
  }
}
