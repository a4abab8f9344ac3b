import type { Command } from "commander";
import { serverByCommand } from "../attach/server-by-command.ts";
import { serverByDriver } from "../attach/server-by-driver.ts";
import { checkAgentByAddress, checkAgentByCommand } from "../doctor/check-agent.ts";
import { checkMachine } from "../doctor/check-machine.ts";
import { checkServer } from "../doctor/check-server.ts";
import type { Finding } from "../doctor/finding.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { requireAttachment } from "./agent-attachment.ts";
import { requireCommand } from "./command-line.ts";
import { watchInterruption } from "./interruption.ts";
import { positive } from "./run-options.ts";

interface DoctorOptions {
  readonly json?: true;
  readonly address?: string;
  readonly driver?: true;
  readonly startTimeout: number;
}

const MARKS = { good: "✓", note: "○", trouble: "✗" } as const;
const STEP_MS = 60_000;

/** `doctor`, `doctor agent` and `doctor server`. */
export function addDoctorCommand(program: Command, exit: (code: ExitCode) => void): void {
  const doctor = program
    .command("doctor")
    .description("look for what would keep a run from working: on this machine, and with a target")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing in the way, 4 trouble with this machine, 5 trouble with the target.\n\nExample:\n  berth-conformance doctor agent -- ./my-agent",
    )
    .action(async (options: DoctorOptions) => exit(await examine(options)));

  doctor
    .command("agent")
    .description("this machine and an agent")
    .option("--json", "as JSON")
    .option("--address <host:port>", "an agent that runs already")
    .option("--start-timeout <seconds>", "how long it has to start, and to end", positive, 20)
    .argument("[command...]", "after --: the command that starts the agent")
    .action(async (words: string[], own: DoctorOptions) => {
      const attachment = requireAttachment(own, words);
      const findings =
        "address" in attachment
          ? checkAgentByAddress(attachment.address)
          : checkAgentByCommand(attachment.command, own.startTimeout * 1000);
      exit(await examine({ ...doctor.opts(), ...own }, findings));
    });

  doctor
    .command("server")
    .description("this machine and a server")
    .option("--json", "as JSON")
    .option("--driver", "the command is one program that takes steps as messages (berth.driver.v1)")
    .argument("[command...]", "after --: the command that runs one step of the server, or its driver")
    .action(async (words: string[], own: DoctorOptions) => {
      const attach = own.driver ? serverByDriver : serverByCommand;
      const server = attach({ command: requireCommand(words), stepMs: STEP_MS });
      try {
        exit(await examine({ ...doctor.opts(), ...own }, checkServer(server)));
      } finally {
        await server.stop();
      }
    });
}

async function examine({ json }: DoctorOptions, target?: AsyncIterable<Finding>): Promise<ExitCode> {
  const interruption = watchInterruption();
  try {
    const machine = await report("this machine", checkMachine(), json);
    const found = target === undefined ? [] : await report("the target", target, json);
    const exitCode = codeOf(machine, found);
    if (json) console.log(JSON.stringify({ exitCode, machine, ...(target ? { target: found } : {}) }, null, 2));
    else console.log(`\n${LAST_WORDS[exitCode]}`);
    return exitCode;
  } finally {
    interruption.end();
  }
}

const LAST_WORDS = {
  [EXIT.conformant]: "nothing is in the way of a run",
  [EXIT.suiteAtFault]: "this machine is in the way of a run; what a run would say of a target could be its fault",
  [EXIT.targetUnreachable]: "the target is in the way of a run",
} as const;

/** Trouble with the machine outweighs: what is found of the target can come from it. */
function codeOf(machine: readonly Finding[], target: readonly Finding[]): keyof typeof LAST_WORDS {
  const inTrouble = (findings: readonly Finding[]) => findings.some(({ state }) => state === "trouble");
  if (inTrouble(machine)) return EXIT.suiteAtFault;
  return inTrouble(target) ? EXIT.targetUnreachable : EXIT.conformant;
}

/** Says each finding as soon as it is there, because some take seconds. */
async function report(what: string, findings: AsyncIterable<Finding>, json?: true): Promise<Finding[]> {
  const all: Finding[] = [];
  if (!json) console.log(what);
  for await (const finding of findings) {
    all.push(finding);
    if (json) continue;
    console.log(`  ${MARKS[finding.state]} ${finding.check}: ${finding.found.replaceAll("\n", "\n      ")}`);
    if (finding.remedy !== undefined) console.log(`      → ${finding.remedy}`);
  }
  return all;
}
