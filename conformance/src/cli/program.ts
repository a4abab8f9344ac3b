import { Command, CommanderError } from "commander";
import type { Command as AgentCommand } from "../attach/process-group.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import { readCatalogue } from "./catalogue.ts";
import { requireCommand, splitCommandLine } from "./command-line.ts";
import { type Conducted, conduct } from "./conduct.ts";
import { explainCase } from "./explain.ts";
import { gateOf, gateText } from "./gate.ts";
import { type AgentAttachment, judgeAgent } from "./judge-agent.ts";
import { judgeServer } from "./judge-server.ts";
import { knownFailuresOf } from "./known-failures-of.ts";
import { listCases } from "./list.ts";
import { addMatrixCommand } from "./matrix-command.ts";
import { addMutantsCommand } from "./mutants-command.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

/** Runs one command line and answers its exit code. */
export async function runProgram(words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.conformant;
  const program = makeProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.conformant : EXIT.usage;
    if (error instanceof UsageError) return complain(error.message, EXIT.usage);
    if (error instanceof TargetUnreachable) return complain(error.message, EXIT.targetUnreachable);
    return complain(error instanceof Error ? (error.stack ?? error.message) : String(error), EXIT.suiteAtFault);
  }
}

function complain(message: string, code: ExitCode): ExitCode {
  console.error(message);
  return code;
}

type AgentOptions = RunOptions & { address?: string; agentVersion?: string; profile?: string; upgradeFrom?: string };
type ServerOptions = RunOptions & { driver?: true; profile?: string };
type AllOptions = RunOptions & { agent: readonly string[]; server: string; upgradeFrom?: string };

function makeProgram(exit: (code: ExitCode) => void): Command {
  const program = new Command("berth-conformance")
    .description("Judges agents and servers against the Berth specification.")
    .exitOverride()
    .addHelpText("after", EXIT_CODES);

  addRunOptions(program.command("agent").description("judge an agent; the suite plays the servers"))
    .option("--address <host:port>", "an agent that runs already")
    .option("--agent-version <number>", "the version the agent is expected to announce, which decides what applies")
    .option("--upgrade-from <command>", UPGRADE_FROM)
    .option("--profile <name>", "the least that has to run, by name (see profiles.json)")
    .argument("[command...]", "after --: the command that starts the agent")
    .action(async (command: string[], options: AgentOptions) => {
      const catalogue = readCatalogue();
      const attachment = attachmentOf(options, command);
      const agentVersion = versionOf(options.agentVersion);
      const knownFailures = knownFailuresOf(options);
      const { profile } = options;
      exit(
        await conduct(options, [
          (log, interruption) =>
            judgeAgent({ attachment, agentVersion, profile, options, catalogue, knownFailures, log, interruption }),
        ]),
      );
    });

  addRunOptions(program.command("server").description("judge a server; the suite plays the agents"))
    .option("--driver", "the command is one program that takes steps as messages (berth.driver.v1)")
    .option("--profile <name>", "the least that has to run, by name (see profiles.json)")
    .argument("[command...]", "after --: the command that runs one step of the server, or its driver")
    .action(async (words: string[], options: ServerOptions) => {
      const catalogue = readCatalogue();
      const command = requireCommand(words);
      const knownFailures = knownFailuresOf(options);
      const { driver: byDriver = false, profile } = options;
      exit(
        await conduct(options, [
          (log, interruption) =>
            judgeServer({ command, byDriver, profile, options, catalogue, knownFailures, log, interruption }),
        ]),
      );
    });

  addRunOptions(
    program.command("all").description("judge an agent and a server, and the suite's coverage of the clauses"),
  )
    .requiredOption(
      "--agent <command>",
      "the command that starts the agent; again for another agent, judged after it",
      (command: string, before: readonly string[] = []) => [...before, command],
    )
    .requiredOption("--server <command>", "the command that runs one step of the server")
    .option("--upgrade-from <command>", UPGRADE_FROM)
    .action(async (options: AllOptions) => {
      const catalogue = readCatalogue();
      const upgradeFrom = olderCommandOf(options.upgradeFrom);
      const attachments = options.agent.map((line) => ({ command: splitCommandLine(line), upgradeFrom }));
      const command = splitCommandLine(options.server);
      const known = knownFailuresOf(options);
      const agentIds = new Set(catalogue.agentCases.map((each) => each.id));
      const ofAgent = known.filter((each) => agentIds.has(each.case));
      const ofServer = known.filter((each) => !agentIds.has(each.case));
      const shared = { options, catalogue };
      exit(
        await conduct(
          options,
          [
            ...attachments.map(
              (attachment): Conducted =>
                (log, interruption) =>
                  judgeAgent({ ...shared, attachment, knownFailures: ofAgent, log, interruption }),
            ),
            (log, interruption) =>
              judgeServer({ ...shared, command, byDriver: false, knownFailures: ofServer, log, interruption }),
          ],
          gateOf(catalogue),
        ),
      );
    });

  addMatrixCommand(program, exit);
  addMutantsCommand(program, exit);

  program
    .command("list")
    .description("name every case")
    .option("--json", "as JSON")
    .action((options: { json?: boolean }) => console.log(listCases(readCatalogue(), options.json ?? false)));

  program
    .command("explain")
    .description("say what one case is about")
    .argument("<id>")
    .action((id: string) => console.log(explainCase(readCatalogue(), id)));

  program
    .command("clauses")
    .description("hold the cases against the specification; 1 when there is a gap")
    .action(() => {
      const gate = gateOf(readCatalogue());
      console.log(gateText(gate));
      exit(gate.gaps.length === 0 ? EXIT.conformant : EXIT.notConformant);
    });

  return program;
}

const UPGRADE_FROM = "the command that starts an agent of version 44 to 46, over whose root the agent is started then";

const EXIT_CODES = `
Exit codes: 0 conformant, 1 not conformant, 2 usage, 3 nothing or too little ran, 4 the suite's own fault, 5 the target could not be reached.

Examples:
  berth-conformance agent -- ./my-agent --quiet
  berth-conformance agent --address 127.0.0.1:44949 --filter 'HS-*'
  berth-conformance server -- ./my-server
  berth-conformance explain path-dot-segment`;

function attachmentOf(
  { address, upgradeFrom }: Pick<AgentOptions, "address" | "upgradeFrom">,
  command: readonly string[],
): AgentAttachment {
  if (address === undefined) return { command: requireCommand(command), upgradeFrom: olderCommandOf(upgradeFrom) };
  if (upgradeFrom !== undefined) throw new UsageError("--upgrade-from needs an agent that is attached by a command");
  if (command.length > 0) throw new UsageError("an agent is attached by --address or by a command, not by both");
  if (!/^.+:[0-9]+$/.test(address)) throw new UsageError(`the address "${address}" is not HOST:PORT`);
  return { address };
}

function olderCommandOf(line: string | undefined): AgentCommand | undefined {
  return line === undefined ? undefined : splitCommandLine(line);
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new UsageError(`the agent version "${text}" is not a whole number`);
  return Number(text);
}
