import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { packageFile } from "../package-file.ts";

/** How a run of the command ended. */
export interface SuiteProcessEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** Runs `berth-conformance` as its users do, as a process of its own, for tests. */
export async function runSuiteProcess(
  folder: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<SuiteProcessEnd> {
  const beginMs = performance.now();
  const child = spawn(process.execPath, [packageFile("bin/berth-conformance.js"), ...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [exitCode] = (await once(child, "close")) as [number];
  return { exitCode, stdout: await stdout, stderr: await stderr, tookMs: performance.now() - beginMs };
}
