import { Command, CommanderError } from "commander";
import type { Command as TargetCommand } from "../attach/process-group.ts";
import { type ProductVersion, USUAL_PRODUCT_VERSION } from "../product-version.ts";
import { suiteVersion } from "../report/suite-version.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import { olderCommandOf, requireAttachment } from "./agent-attachment.ts";
import { readCatalogue } from "./catalogue.ts";
import { splitCommandLine } from "./command-line.ts";
import { type Conducted, conduct } from "./conduct.ts";
import { addDoctorCommand } from "./doctor-command.ts";
import { explain } from "./explain.ts";
import { gateOf, gateText } from "./gate.ts";
import { targetCommand } from "./image-attachment.ts";
import { judgeAgent } from "./judge-agent.ts";
import { judgeServer } from "./judge-server.ts";
import { addKnownFailuresCommand } from "./known-failures-command.ts";
import { knownFailuresOf } from "./known-failures-of.ts";
import { listCases } from "./list.ts";
import { addMatrixCommand } from "./matrix-command.ts";
import { addMergeCommand } from "./merge-command.ts";
import { addMutantsCommand } from "./mutants-command.ts";
import { addRecordCommand } from "./record-command.ts";
import { requireProductVersion } from "./require-product-version.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";
import { addVerifyCommand } from "./verify-command.ts";

/** Runs one command line and answers its exit code. */
export async function runProgram(words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.conformant;
  const program = makeProgram(words, (code) => {
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

type AgentOptions = RunOptions & {
  address?: string;
  image?: string;
  agentVersion?: string;
  level?: string;
  profile?: string;
  upgradeFrom?: string;
};
type ServerOptions = RunOptions & { image?: string; driver?: true; as?: readonly ProductVersion[]; profile?: string };
type AllOptions = RunOptions & {
  agent: readonly string[];
  server: string;
  driver?: TargetCommand;
  as?: readonly ProductVersion[];
  upgradeFrom?: string;
};

function makeProgram(words: readonly string[], exit: (code: ExitCode) => void): Command {
  const program = new Command("berth-conformance")
    .description("Judges agents and servers against the Berth specification.")
    .version(suiteVersion())
    .exitOverride()
    .addHelpText("after", EXIT_CODES);

  addRunOptions(program.command("agent").description("judge an agent; the suite plays the servers"))
    .option("--address <host:port>", "an agent that runs already")
    .option("--image <image>", IMAGE)
    .option("--agent-version <number>", "the version the agent is expected to announce, which decides what applies")
    .option("--upgrade-from <command>", UPGRADE_FROM)
    .option("--level <name>", "a step on the way to conformance: answers, negotiates, syncs, runs or survives")
    .option("--profile <name>", "the least that has to run, by name (see profiles.json)")
    .argument("[command...]", "after --: the command that starts the agent")
    .action(async (command: string[], options: AgentOptions) => {
      const catalogue = readCatalogue();
      const attachment = requireAttachment(options, command);
      const agentVersion = versionOf(options.agentVersion);
      const knownFailures = knownFailuresOf(options);
      const { profile, level, shard } = options;
      const asked = { attachment, agentVersion, profile, level, shard, options, catalogue, knownFailures };
      const results = await conduct(options, [(log, interruption) => judgeAgent({ ...asked, log, interruption })]);
      exit(results.exitCode);
    });

  addRunOptions(program.command("server").description("judge a server; the suite plays the agents"))
    .option("--image <image>", IMAGE)
    .option("--driver", "the command is one program that takes steps as messages (berth.driver.v1)")
    .option("--as <product-version>", AS, productVersions)
    .option("--profile <name>", "the least that has to run, by name (see profiles.json)")
    .argument("[command...]", "after --: the command that runs one step of the server, or its driver")
    .action(async (words: string[], options: ServerOptions) => {
      const catalogue = readCatalogue();
      const command = targetCommand(options.image, words);
      const knownFailures = knownFailuresOf(options);
      const { driver: byDriver = false, as = [USUAL_PRODUCT_VERSION], profile, shard } = options;
      const byImage = options.image !== undefined;
      const shared = { command, byImage, byDriver, profile, shard, options, catalogue, knownFailures };
      const results = await conduct(
        options,
        as.map(
          (productVersion): Conducted =>
            (log, interruption) =>
              judgeServer({ ...shared, productVersion, log, interruption }),
        ),
      );
      exit(results.exitCode);
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
    .option("--driver <command>", "the server's driver, by which it is judged as every --as", splitCommandLine)
    .option("--as <product-version>", AS, productVersions)
    .option("--upgrade-from <command>", UPGRADE_FROM)
    .action(async (options: AllOptions) => {
      const catalogue = readCatalogue();
      const upgradeFrom = olderCommandOf(options.upgradeFrom);
      const attachments = options.agent.map((line) => ({
        command: splitCommandLine(line),
        byImage: false,
        upgradeFrom,
      }));
      const command = splitCommandLine(options.server);
      const { driver, as = [] } = options;
      const known = knownFailuresOf(options);
      const agentIds = new Set(catalogue.agentCases.map((each) => each.id));
      const ofAgent = known.filter((each) => agentIds.has(each.case));
      const ofServer = known.filter((each) => !agentIds.has(each.case));
      const shared = { options, catalogue, shard: options.shard };
      const serverOf = (productVersion: ProductVersion) =>
        driver === undefined || productVersion === USUAL_PRODUCT_VERSION
          ? { command, byImage: false, byDriver: false, productVersion }
          : { command: driver, byImage: false, byDriver: true, productVersion };
      const results = await conduct(
        options,
        [
          ...attachments.map(
            (attachment): Conducted =>
              (log, interruption) =>
                judgeAgent({ ...shared, attachment, knownFailures: ofAgent, log, interruption }),
          ),
          ...[USUAL_PRODUCT_VERSION, ...as].map(
            (productVersion): Conducted =>
              (log, interruption) =>
                judgeServer({ ...shared, ...serverOf(productVersion), knownFailures: ofServer, log, interruption }),
          ),
        ],
        gateOf(catalogue),
      );
      exit(results.exitCode);
    });

  addMatrixCommand(program, exit);
  addMutantsCommand(program, exit);
  addMergeCommand(program, exit);
  addVerifyCommand(program, words, exit);
  addKnownFailuresCommand(program);
  addDoctorCommand(program, exit);
  addRecordCommand(program, exit);

  program
    .command("list")
    .description("name every case")
    .option("--json", "as JSON")
    .option("--level <name>", "only the cases of this level of agents and those before it")
    .action(({ json = false, level }: { json?: boolean; level?: string }) =>
      console.log(listCases(readCatalogue(), json, level)),
    );

  program
    .command("explain")
    .description("say what a case, a clause or a failure code is about")
    .argument("<id>", "such as path-dot-segment, SYNC-011 or code-wrong")
    .action((id: string) => console.log(explain(readCatalogue(), id)));

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

const IMAGE = "the target is a container image on this machine; what is after -- goes to its entry point";
const AS = "judge the server as this product and version, such as 'Otter 2.2.10'; again for another";
const UPGRADE_FROM = "the command that starts an agent of version 44 to 46, over whose root the agent is started then";

const EXIT_CODES = `
Exit codes: 0 conformant, 1 not conformant, 2 usage, 3 nothing or too little ran, 4 the suite's own fault, 5 the target could not be reached.

Examples:
  berth-conformance agent -- ./my-agent --quiet
  berth-conformance agent --address 127.0.0.1:44949 --filter 'HS-*'
  berth-conformance server -- ./my-server
  berth-conformance verify reports/results.json
  berth-conformance explain path-dot-segment`;

function productVersions(text: string, before: readonly ProductVersion[] = []): readonly ProductVersion[] {
  return [...before, requireProductVersion(text)];
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new UsageError(`the agent version "${text}" is not a whole number`);
  return Number(text);
}
