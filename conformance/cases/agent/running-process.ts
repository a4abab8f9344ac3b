import { readFile } from "node:fs/promises";
import { failed } from "../../src/expect/failed.ts";

/** Whether a process of this machine runs. One that has ended and waits to be collected runs no more. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const state = /^\d+ \(.*\) (\w)/s.exec(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""))?.[1];
    return state !== "Z" && state !== "X";
  } catch (error) {
    // A process of another user cannot be signalled, and runs.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The process ids that the suite's host writes for `hold-offspring`: its own, and that of the child it started. */
export function hostAndChild(stdout: string): readonly (readonly ["host" | "host's child", number])[] {
  const [host = "", child = ""] = stdout.trim().split(" ");
  return [
    ["host", pidIn(host)],
    ["host's child", pidIn(child)],
  ];
}

/** The process id that the suite's host wrote. Anything else would be taken for a process that has ended. */
export function pidIn(text: string): number {
  const pid = Number(text.trim());
  if (Number.isSafeInteger(pid) && pid > 1) return pid;
  const expected = "the process id that the host wrote, as its output";
  throw failed({ code: "output-wrong", clause: "OP-020", expected, actual: JSON.stringify(text) });
}
