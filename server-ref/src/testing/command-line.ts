import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/berth-server.js", import.meta.url));

/** How a step ended. */
export interface StepResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A step of `berth-server` under way, as a shell would start it. */
export interface RunningStep {
  readonly child: ChildProcess;
  /** Resolves once stdout holds the text. */
  prints(text: string): Promise<void>;
  /** Resolves once stderr holds the text. */
  says(text: string): Promise<void>;
  readonly ended: Promise<StepResult>;
}

export function beginStep(home: string, ...words: string[]): RunningStep {
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, BERTH_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return {
    child,
    async prints(text) {
      while (!stdout.includes(text)) await once(child.stdout, "data");
    },
    async says(text) {
      while (!stderr.includes(text)) await once(child.stderr, "data");
    },
    ended: once(child, "close").then(([exitCode]) => ({ exitCode, stdout, stderr })),
  };
}

export function runStep(home: string, ...words: string[]): Promise<StepResult> {
  return beginStep(home, ...words).ended;
}
