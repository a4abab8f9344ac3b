import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { TargetUnreachable } from "../runner/failure.ts";
import { keepTail, type OutputTail } from "./output-tail.ts";
import type { Command, ProcessGroup } from "./process-group.ts";
import { damageInWords, readReadyFile } from "./ready-file.ts";
import { type StartTarget, startAsProcess } from "./start-target.ts";
import type { RequestedLimits } from "./target.ts";
import { within } from "./within.ts";

const POLL_MS = 15;
/** A ready file that is caught in the middle of being written is whole long before this. */
const DAMAGED_MS = 2_000;
/** A start that takes longer than usual is worth a word to whoever waits. */
const SILENT_MS = 2_000;
const STDERR_KEPT_BYTES = 4096;

/** What an agent that the suite starts is given. The contract is in AGENT.md. */
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
  /** Told what is waited for, once for every start that takes longer than usual. */
  onWaiting?(what: string): void;
}

/** An agent as a process that can be ended and started over the same root. */
export interface AgentProcess {
  /** `host:port` as the ready file said last. */
  readonly address: string;
  /** Where the root is now. */
  readonly root: string;
  /** @throws {TargetUnreachable} when it ends, or does not become ready in time; with the last of its stderr. */
  start(): Promise<void>;
  /** SIGTERM, and SIGKILL with an error when that did not end it in time. */
  stop(): Promise<void>;
  /** SIGKILL to the process group. */
  kill(): Promise<void>;
  /** Moves the root of an agent that does not run. */
  moveRoot(to: string): void;
}

/** Describes an agent process; nothing is started yet. */
export function agentProcess(settings: AgentProcessSettings): AgentProcess {
  const ready = join(dirname(settings.root), "ready.json");
  let { root } = settings;
  let running: { group: ProcessGroup; stderr: OutputTail } | undefined;
  let address = "";

  async function start(): Promise<void> {
    if (running !== undefined) throw new Error("the agent runs already");
    mkdirSync(root, { recursive: true });
    rmSync(ready, { force: true });
    const { command, startTarget = startAsProcess } = settings;
    const group = startTarget(command, agentContract({ ...settings, root }, ready));
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
    const beginMs = performance.now();
    let damagedSinceMs: number | undefined;
    let told = false;
    while (true) {
      if (gone !== undefined) throw unreachable(`did not start: ${gone}`, stderr);
      const said = readReadyFile(ready);
      if (said.kind === "ready") return said.address;
      const nowMs = performance.now();
      const late = nowMs - beginMs >= settings.patienceMs;
      damagedSinceMs = said.kind === "damaged" ? (damagedSinceMs ?? nowMs) : undefined;
      if (said.kind === "damaged" && (late || nowMs - (damagedSinceMs ?? nowMs) >= DAMAGED_MS)) {
        throw unreachable(damageInWords(ready, said), stderr);
      }
      if (late) throw unreachable(neverReady(), stderr);
      if (!told && nowMs - beginMs >= SILENT_MS) {
        told = true;
        settings.onWaiting?.(`waiting for the agent to write its ready file, at most ${seconds()} (--start-timeout)`);
      }
      await after(POLL_MS);
    }
  }

  function neverReady(): string {
    return `did not write ${ready} within ${seconds()}; once it serves, an agent writes its address into the file that BERTH_READY_FILE names. If it only needs longer, give --start-timeout`;
  }

  function seconds(): string {
    return `${Math.round(settings.patienceMs / 100) / 10} s`;
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
    get root() {
      return root;
    },
    start,
    stop,
    kill,
    moveRoot(to) {
      renameSync(root, to);
      root = to;
    },
  };
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
