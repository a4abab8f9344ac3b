import { Command, CommanderError } from "commander";
import type { Command as AgentCommand } from "../attach/process-group.ts";
import { type ProductVersion, parseProductVersion, USUAL_PRODUCT_VERSION } from "../product-version.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import { readCatalogue } from "./catalogue.ts";
import { splitCommandLine } from "./command-line.ts";
import { type Conducted, conduct } from "./conduct.ts";
import { explainCase } from "./explain.ts";
import { gateOf, gateText } from "./gate.ts";
import { targetCommand } from "./image-attachment.ts";
import { type AgentAttachment, judgeAgent } from "./judge-agent.ts";
import { judgeServer } from "./judge-server.ts";
import { knownFailuresOf } from "./known-failures-of.ts";
import { listCases } from "./list.ts";
import { addMatrixCommand } from "./matrix-command.ts";
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

type AgentOptions = RunOptions & {
  address?: string;
  image?: string;
  agentVersion?: string;
  profile?: string;
  upgradeFrom?: string;
};
type ServerOptions = RunOptions & { image?: string; driver?: true; as?: readonly ProductVersion[]; profile?: string };
type AllOptions = RunOptions & {
  agent: readonly string[];
  server: string;
  driver?: AgentCommand;
  as?: readonly ProductVersion[];
  upgradeFrom?: string;
};

function makeProgram(exit: (code: ExitCode) => void): Command {
  const program = new Command("berth-conformance")
    .description("Judges agents and servers against the Berth specification.")
    .exitOverride()
    .addHelpText("after", EXIT_CODES);

  addRunOptions(program.command("agent").description("judge an agent; the suite plays the servers"))
    .option("--address <host:port>", "an agent that runs already")
    .option("--image <image>", IMAGE)
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
    .option("--image <image>", IMAGE)
    .option("--driver", "the command is one program that takes steps as messages (berth.driver.v1)")
    .option("--as <product-version>", AS, productVersions)
    .option("--profile <name>", "the least that has to run, by name (see profiles.json)")
    .argument("[command...]", "after --: the command that runs one step of the server, or its driver")
    .action(async (words: string[], options: ServerOptions) => {
      const catalogue = readCatalogue();
      const command = targetCommand(options.image, words);
      const knownFailures = knownFailuresOf(options);
      const { driver: byDriver = false, as = [USUAL_PRODUCT_VERSION], profile } = options;
      const byImage = options.image !== undefined;
      const shared = { command, byImage, byDriver, profile, options, catalogue, knownFailures };
      exit(
        await conduct(
          options,
          as.map(
            (productVersion): Conducted =>
              (log, interruption) =>
                judgeServer({ ...shared, productVersion, log, interruption }),
          ),
        ),
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
      const shared = { options, catalogue };
      const serverOf = (productVersion: ProductVersion) =>
        driver === undefined || productVersion === USUAL_PRODUCT_VERSION
          ? { command, byImage: false, byDriver: false, productVersion }
          : { command: driver, byImage: false, byDriver: true, productVersion };
      exit(
        await conduct(
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
        ),
      );
    });

  addMatrixCommand(program, exit);

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

const AS = "judge the server as this product and version, such as 'Otter 2.2.10'; again for another";
const IMAGE = "the target is a container image on this machine; what is after -- goes to its entry point";
const UPGRADE_FROM = "the command that starts an agent of version 44 to 46, over whose root the agent is started then";

const NOT_ON_LOOPBACK = (address: string) =>
  `the agent at ${address} is not on 127.0.0.1: the suite plays servers of many addresses, and only 127.0.0.0/8 has them all. ` +
  "Run the suite where the agent listens on loopback; beside an agent in a container, by the suite's image (see README.md)";

const EXIT_CODES = `
Exit codes: 0 conformant, 1 not conformant, 2 usage, 3 nothing or too little ran, 4 the suite's own fault, 5 the target could not be reached.

Examples:
  berth-conformance agent -- ./my-agent --quiet
  berth-conformance agent --image my-agent:1.0
  berth-conformance agent --address 127.0.0.1:44949 --filter 'HS-*'
  berth-conformance server -- ./my-server
  berth-conformance explain path-dot-segment`;

function attachmentOf(
  { address, image, upgradeFrom }: Pick<AgentOptions, "address" | "image" | "upgradeFrom">,
  command: readonly string[],
): AgentAttachment {
  if (address === undefined) {
    const byImage = image !== undefined;
    return { command: targetCommand(image, command), byImage, upgradeFrom: olderCommandOf(upgradeFrom) };
  }
  if (upgradeFrom !== undefined) throw new UsageError("--upgrade-from needs an agent that the suite starts");
  if (command.length > 0 || image !== undefined) {
    throw new UsageError("an agent is attached by --address, by --image or by a command, not by two of them");
  }
  if (!/^.+:[0-9]+$/.test(address)) throw new UsageError(`the address "${address}" is not HOST:PORT`);
  if (!/^(?:127\.[0-9.]+|localhost):[0-9]+$/.test(address)) throw new UsageError(NOT_ON_LOOPBACK(address));
  return { address };
}

function olderCommandOf(line: string | undefined): AgentCommand | undefined {
  return line === undefined ? undefined : splitCommandLine(line);
}

function productVersions(text: string, before: readonly ProductVersion[] = []): readonly ProductVersion[] {
  const parsed = parseProductVersion(text);
  if (parsed !== undefined) return [...before, parsed];
  throw new UsageError(`"${text}" is not a product and its version, such as 'BuildMaster 6.1.20'`);
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new UsageError(`the agent version "${text}" is not a whole number`);
  return Number(text);
}
