import { isIP } from "node:net";
import type { Command } from "commander";
import { agentNameInvalid } from "../errors/home-failures.ts";
import { sourceInvalid } from "../errors/transport-failures.ts";
import { addAgent, listAgents, removeAgent, type StoredAgent } from "../home/agents.ts";
import { parsePin } from "../security/certificate-pin.ts";
import { chooseProtection } from "../security/protection.ts";
import { formatAgentAddress, parseAgentAddress } from "../transport/agent-address.ts";
import { formatExamples, frame, type Options, runInFrame } from "./command-frame.ts";
import { formatTable } from "./table.ts";

interface AddOptions {
  readonly pin?: string;
  readonly plaintext?: true;
  readonly insecurePlaintextBeyondLoopback?: true;
  readonly source?: string;
}

/** `agents add|list|remove`. */
export function addAgentsCommands(program: Command): void {
  const agents = program
    .command("agents")
    .description("add, list and remove the agents this server drives")
    .addHelpText("after", formatExamples(["agents add local 127.0.0.1:44949", "agents list --json"]));

  frame(
    agents
      .command("add <name> <address>")
      .description("remember an agent at HOST:PORT; nothing is sent to it yet")
      .option("--pin <sha256>", "use TLS, and only with the certificate that has this SHA-256")
      .option("--plaintext", "use no TLS; the default for a loopback address without a pin")
      .option(
        "--insecure-plaintext-beyond-loopback",
        "use no TLS although others on the network can read and change everything",
      )
      .option("--source <address>", "the address of this machine to connect from"),
    [
      "agents add local 127.0.0.1:44949",
      "agents add web-1 web-1.example:44949 --pin 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    ],
  ).action((name: string, address: string, options: Options<AddOptions>) =>
    runInFrame(options, ({ home, output }) => {
      const agent = readAgent(name, address, options);
      addAgent(home, agent);
      output.answer(describe(agent), [
        `Added agent ${name} at ${formatAgentAddress(agent.address)}, ${agent.protection.kind}.`,
      ]);
    }),
  );

  frame(agents.command("list").description("list every agent"), ["agents list"]).action((options: Options) =>
    runInFrame(options, ({ home, output }) => {
      const all = listAgents(home).map(describe);
      const rows = all.map(({ name, address, protection, pin, source }) => [
        name,
        address,
        pin ? `pin ${pin}` : protection,
        source ?? "",
      ]);
      output.answer(all, formatTable(["NAME", "ADDRESS", "PROTECTION", "SOURCE"], rows));
    }),
  );

  frame(agents.command("remove <name>").description("forget an agent"), ["agents remove web-1"]).action(
    (name: string, options: Options) =>
      runInFrame(options, ({ home, output }) => {
        removeAgent(home, name);
        output.answer({ name }, [`Removed agent ${name}.`]);
      }),
  );
}

function readAgent(name: string, addressText: string, options: AddOptions): StoredAgent {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) throw agentNameInvalid(name);
  const address = parseAgentAddress(addressText);
  if (options.source !== undefined && !isIP(options.source)) throw sourceInvalid(options.source);
  const protection = chooseProtection(address, {
    pin: options.pin === undefined ? undefined : parsePin(options.pin),
    plaintext: options.plaintext === true,
    plaintextBeyondLoopback: options.insecurePlaintextBeyondLoopback === true,
  });
  return { name, address, protection, source: options.source };
}

function describe({ name, address, protection, source }: StoredAgent) {
  const pin = protection.kind === "pinned" ? Buffer.from(protection.pin).toString("hex") : null;
  return { name, address: formatAgentAddress(address), protection: protection.kind, pin, source: source ?? null };
}
