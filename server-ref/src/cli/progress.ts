import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from "listr2";
import type { ReportProgress } from "../progress.ts";
import { formatSize } from "./size.ts";
import { terminal } from "./terminal.ts";

/** Elsewhere than on a terminal a line is written at most this often. */
const plainIntervalMs = 5_000;

/** Does a long piece of work and shows how far it has come, on stderr: a line that renews itself on a terminal, a plain line now and then elsewhere. */
export function showingProgress<Result>(
  title: string,
  work: (report: ReportProgress) => Promise<Result>,
): Promise<Result> {
  return terminal().isInteractive ? onTerminal(title, work) : work(reportInPlainLines(title));
}

async function onTerminal<Result>(title: string, work: (report: ReportProgress) => Promise<Result>): Promise<Result> {
  const box: { result?: Result } = {};
  // By itself it writes to stdout, where only answers go.
  const onStderr = new ListrLogger<ListrDefaultRendererLogLevels>({
    useIcons: true,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const tasks = new Listr(
    {
      title,
      task: async (_, task) => {
        box.result = await work((state) => {
          task.title = describe(title, state);
        });
      },
    },
    { rendererOptions: { logger: onStderr, showErrorMessage: false }, registerSignalListeners: false },
  );
  await tasks.run();
  return box.result as Result;
}

/** Writes how far a piece of work has come to stderr, a line now and then; nothing for a short one. */
export function reportInPlainLines(title: string): ReportProgress {
  const { print } = terminal();
  let lastAtMs = performance.now();
  return (state) => {
    if (performance.now() - lastAtMs < plainIntervalMs) return;
    lastAtMs = performance.now();
    void print("stderr", `${describe(title, state)}\n`);
  };
}

function describe(title: string, { doneBytes, totalBytes }: Parameters<ReportProgress>[0]): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100);
  return `${title}: ${percent} % of ${formatSize(totalBytes)}`;
}
