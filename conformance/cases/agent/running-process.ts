import { readFile } from "node:fs/promises";

/** Whether a process of this machine runs. One that has ended and waits to be collected runs no more. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const state = /^\d+ \(.*\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""))?.[1];
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
