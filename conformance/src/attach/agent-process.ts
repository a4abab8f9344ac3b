import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { z } from "zod";
import { TargetUnreachable } from "../runner/failure.ts";
import { keepTail, type OutputTail } from "./output-tail.ts";
import type { Command, ProcessGroup } from "./process-group.ts";
import { type StartTarget, startAsProcess } from "./start-target.ts";
import type { RequestedLimits } from "./target.ts";
import { within } from "./within.ts";

const readyFile = z.object({ address: z.string().regex(/^.+:[0-9]+$/) });
const POLL_MS = 15;
const STDERR_KEPT_BYTES = 4096;

/** What an agent that the suite starts is given. The contract is in README.md. */
export interface AgentProcessSettings {
  readonly command: Command;
  /** How the command is started; as a process when absent. */
  readonly startTarget?: StartTarget;
  /** The root; created when absent. Beside it the ready file is written. */
  readonly root: string;
  readonly limits?: RequestedLimits;
  readonly environment?: Readonly<Record<string, string>>;
  /** How long it has from its start to its ready file, and from SIGTERM to its end. */
  readonly patienceMs: number;
}

/** An agent as a process that can be ended and started over the same root. */
export interface AgentProcess {
  /** `host:port` as the ready file said last. */
  readonly address: string;
  readonly root: string;
  /** @throws {TargetUnreachable} when it ends, or does not become ready in time; with the last of its stderr. */
  start(): Promise<void>;
  /** SIGTERM, and SIGKILL with an error when that did not end it in time. */
  stop(): Promise<void>;
  /** SIGKILL to the process group. */
  kill(): Promise<void>;
}

/** Describes an agent process; nothing is started yet. */
export function agentProcess(settings: AgentProcessSettings): AgentProcess {
  const ready = join(dirname(settings.root), "ready.json");
  let running: { group: ProcessGroup; stderr: OutputTail } | undefined;
  let address = "";

  async function start(): Promise<void> {
    if (running !== undefined) throw new Error("the agent runs already");
    mkdirSync(settings.root, { recursive: true });
    rmSync(ready, { force: true });
    const { command, startTarget = startAsProcess } = settings;
    const group = startTarget(command, agentContract(settings, ready));
    group.child.stdout?.resume();
    running = { group, stderr: keepTail(group.child.stderr, STDERR_KEPT_BYTES) };
    try {
      address = await becomeReady(group, running.stderr);
    } catch (error) {
      await kill();
      throw error;
    }
  }

  async function becomeReady(group: ProcessGroup, stderr: OutputTail): Promise<string> {
    let gone: string | undefined;
    void group.ended.then((end) => {
      gone = end.spawnError?.message ?? `it ended with ${end.signal ?? `exit code ${end.exitCode}`}`;
    });
    const deadlineMs = performance.now() + settings.patienceMs;
    while (performance.now() < deadlineMs) {
      if (gone !== undefined) throw unreachable(`did not start: ${gone}`, stderr);
      const said = readAddress(ready);
      if (said !== undefined) return said;
      await after(POLL_MS);
    }
    throw unreachable(`did not write ${ready} within ${Math.round(settings.patienceMs)} ms`, stderr);
  }

  async function stop(): Promise<void> {
    if (running === undefined) return;
    const { group, stderr } = running;
    group.signal("SIGTERM");
    const end = await within(group.ended, settings.patienceMs);
    if (end === undefined) {
      await kill();
      throw unreachable("did not end after SIGTERM", stderr);
    }
    running = undefined;
  }

  async function kill(): Promise<void> {
    running?.group.signal("SIGKILL");
    await running?.group.ended;
    running = undefined;
  }

  function unreachable(what: string, stderr: OutputTail): TargetUnreachable {
    const said = stderr.text();
    return new TargetUnreachable(
      `the agent \`${settings.command.join(" ")}\` ${what}${said === "" ? "" : `\nits stderr ends:\n${said}`}`,
    );
  }

  return {
    get address() {
      return address;
    },
    root: settings.root,
    start,
    stop,
    kill,
  };
}

/** Undefined until the file is there whole: an agent can be caught in the middle of writing it. */
function readAddress(path: string): string | undefined {
  try {
    return readyFile.parse(JSON.parse(readFileSync(path, "utf8"))).address;
  } catch {
    return undefined;
  }
}

function agentContract(settings: AgentProcessSettings, ready: string): Record<string, string> {
  const limits = Object.entries(settings.limits ?? {}).map(([name, value]) => [limitVariable(name), String(value)]);
  return {
    BERTH_LISTEN: "127.0.0.1:0",
    ...settings.environment,
    ...Object.fromEntries(limits),
    BERTH_ROOT: settings.root,
    BERTH_READY_FILE: ready,
  };
}

/** `ownershipWindowMs` is asked for by `BERTH_LIMIT_OWNERSHIP_WINDOW_MS`. */
export function limitVariable(name: string): string {
  return `BERTH_LIMIT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
