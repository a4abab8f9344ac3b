import { readdir, readFile } from "node:fs/promises";

/** A process as the system's table shows it. */
export interface ProcessEntry {
  /** Tells this process from every other that had or will have its id: the boot and the time since it at which it started. */
  readonly identity: string;
  readonly alive: boolean;
}

/** The process of `pid`, or undefined when there is none or the system has no /proc to ask. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The name before the last ")" can hold anything. Behind it stand the fields from the third on: the state, and as 22nd the start.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    const startTicks = fields[19];
    if (state === undefined || startTicks === undefined) return undefined;
    return { identity: `${bootId.trim()}/${startTicks}`, alive: state !== "Z" && state !== "X" };
  } catch {
    return undefined;
  }
}

/** Every living process that was started with `variable` set to `value`. Empty where the system has no /proc. */
export async function findProcessesByEnvironment(variable: string, value: string): Promise<number[]> {
  const wanted = `${variable}=${value}`;
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A zombie has no environment any more, and that of other users' processes cannot be read.
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(wanted) ? [pid] : [];
    }),
  );
  return found.flat();
}

/** Whether this system lets processes be told apart by more than their id. */
export async function canIdentifyProcesses(): Promise<boolean> {
  return (await findProcess(process.pid)) !== undefined;
}
