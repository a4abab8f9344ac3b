import { execFile, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { promisify } from "node:util";
import { keepTail } from "./output-tail.ts";
import { type Command, type ProcessEnd, type ProcessGroup, startProcessGroup } from "./process-group.ts";
import type { StartTarget } from "./start-target.ts";
import { allTemporaryDirectories } from "./temporary-directory.ts";

const STDERR_KEPT_BYTES = 4096;
const ENGINE_REFUSED_EXIT_CODE = 125;
const KILLED_EXIT_CODE = 137;
const SIGNAL_PATIENCE_MS = 10_000;
const SIGNAL_AGAIN_MS = 50;

/** Containers that run, by name, with the client that started them. */
const live = new Map<string, Command>();

// Whatever way this process ends, no container of its outlives it.
process.on("exit", () => {
  for (const [name, [file, ...words]] of live) spawnSync(file, [...words, "rm", "--force", name], { stdio: "ignore" });
});

/**
 * Starts every program in a container of its own: the command is an image and what its entry point is given. The container has this
 * machine's network, process ids and the suite's directories, so that an address, a process id and a path mean the same on both sides.
 *
 * @param client the command of a client that takes the words of `docker`.
 */
export function startInContainer(client: Command): StartTarget {
  return (command, contract, stdin) => {
    const name = `berth-conformance-${randomUUID()}`;
    const words = ["run", "--name", name, ...sharing(stdin), ...variables(contract), ...command];
    const group = startProcessGroup([...client, ...words], process.env, stdin);
    const stderr = keepTail(group.child.stderr, STDERR_KEPT_BYTES);
    live.set(name, client);

    let killed = false;
    let gone = false;
    const ended = group.ended.then((end): ProcessEnd => {
      gone = true;
      live.delete(name);
      if (end.exitCode === ENGINE_REFUSED_EXIT_CODE) return { ...end, spawnError: new Error(stderr.text()) };
      return killed && end.exitCode === KILLED_EXIT_CODE ? { exitCode: null, signal: "SIGKILL" } : end;
    });

    /** Again and again until it arrives, because the container is there only some time after the client. */
    async function deliver(signal: NodeJS.Signals): Promise<void> {
      const deadlineMs = performance.now() + SIGNAL_PATIENCE_MS;
      while (!gone) {
        if (await wasSignalled(client, name, signal)) return;
        if (performance.now() > deadlineMs) return group.signal(signal);
        await after(SIGNAL_AGAIN_MS);
      }
    }

    return {
      child: group.child,
      ended,
      signal(signal) {
        killed ||= signal === "SIGKILL";
        void deliver(signal);
      },
    } satisfies ProcessGroup;
  };
}

function sharing(stdin?: "ignore" | "pipe"): string[] {
  const directory = allTemporaryDirectories();
  return [
    "--rm",
    ...(stdin === "pipe" ? ["--interactive"] : []),
    ...["--pull", "never"], // what is judged is what is here
    ...["--network", "host"],
    ...["--pid", "host"],
    ...["--user", `${process.getuid?.()}:${process.getgid?.()}`],
    ...["--mount", `type=bind,source=${directory},target=${directory}`],
    ...["--security-opt", "label=disable"], // SELinux would otherwise keep the container out of the directory
  ];
}

function variables(contract: Readonly<Record<string, string>>): string[] {
  return Object.entries(contract).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
}

async function wasSignalled([file, ...words]: Command, name: string, signal: NodeJS.Signals): Promise<boolean> {
  try {
    await promisify(execFile)(file, [...words, "kill", "--signal", signal, name]);
    return true;
  } catch {
    return false;
  }
}
