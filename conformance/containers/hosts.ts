import { fileURLToPath } from "node:url";
import { GenericContainer, Network, type StartedTestContainer, Wait } from "testcontainers";
import type { Command } from "../src/attach/process-group.ts";

const PORT = 44949;
const RELAY_PROGRAM = fileURLToPath(new URL("relay-program.js", import.meta.url));

/** Whoever runs the tests, so that what the containers leave in mounted directories can be removed again. */
const USER = `${process.getuid?.()}:${process.getgid?.()}`;

/** A container with an address of its own. */
export interface Host {
  readonly ip: string;
  /** The command that runs a program in it, with this machine's end of its standard input and output. */
  commandFor(command: readonly string[]): Command;
  /** Runs a program in it to its end. */
  run(command: readonly string[], environment?: Readonly<Record<string, string>>): Promise<HostResult>;
  /** Takes it off the network, for good. */
  leave(): Promise<void>;
}

interface HostResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host on which an agent runs. */
export interface AgentHost extends Host {
  /** `host:port`. */
  readonly address: string;
}

/** How an agent is to be run. */
interface AgentHostOptions {
  readonly agentVersion: number;
  /** Its root, a directory of this machine. Where there is a certificate in it, the agent speaks TLS. */
  readonly root: string;
  /** Said where there is no certificate: it listens beyond loopback all the same. */
  readonly plaintext?: boolean;
  /** Further directories of this machine that it sees under the same path. */
  readonly mounts?: readonly string[];
}

/** A network of hosts that reach each other directly, and nobody else. */
export interface HostNetwork {
  agent(options: AgentHostOptions): Promise<AgentHost>;
  /** A host on which a server's steps can be run; it sees the directories named under the same path. */
  server(mounts: readonly string[]): Promise<Host>;
  /** A host that passes every connection on to the target, which sees this host's address; answers `host:port`. */
  relay(target: string): Promise<string>;
  /** Makes a certificate in an agent's root and answers its thumbprint. */
  certificate(root: string): Promise<string>;
  close(): Promise<void>;
}

/** Makes an empty network. */
export async function startHostNetwork(): Promise<HostNetwork> {
  const network = await new Network().start();
  const started = new Set<StartedTestContainer>();

  async function start(container: GenericContainer, mounts: readonly string[], ready: RegExp): Promise<Host> {
    const host = await container
      .withNetwork(network)
      .withUser(USER)
      .withBindMounts(mounts.map((path) => ({ source: path, target: path })))
      .withWaitStrategy(Wait.forLogMessage(ready)) // the images have nothing that a check of ports could use
      .start();
    started.add(host);
    return {
      ip: host.getIpAddress(network.getName()),
      commandFor: (command) => [process.env.DOCKER || "docker", "exec", "--interactive", host.getId(), ...command],
      async run(command, environment = {}) {
        const { exitCode, stdout, stderr } = await host.exec([...command], { env: { ...environment } });
        return { exitCode, stdout, stderr };
      },
      async leave() {
        started.delete(host);
        await host.stop();
      },
    };
  }

  return {
    async agent({ agentVersion, root, plaintext = false, mounts = [] }) {
      const how = plaintext ? ["--insecure-plaintext-beyond-loopback"] : [];
      const words = [
        "run",
        "--root",
        root,
        "--listen",
        `0.0.0.0:${PORT}`,
        "--agent-version",
        `${agentVersion}`,
        ...how,
      ];
      const container = new GenericContainer("berth-agent:local").withCommand(words);
      const host = await start(container, [root, ...mounts], /berth-agent \d+ listens on/);
      return { ...host, address: `${host.ip}:${PORT}` };
    },
    server: (mounts) => start(idle("berth-server:local"), mounts, /idle/),
    async relay(target) {
      const container = new GenericContainer("berth-server:local")
        .withCopyFilesToContainer([{ source: RELAY_PROGRAM, target: "/relay.mjs" }])
        .withEntrypoint(["/usr/bin/node", "/relay.mjs"])
        .withCommand([target, `${PORT}`]);
      return `${(await start(container, [], /relays to/)).ip}:${PORT}`;
    },
    async certificate(root) {
      const host = await start(idle("berth-agent:local"), [root], /idle/);
      const { exitCode, stdout, stderr } = await host.run(program("certificate", "new", "--root", root));
      await host.leave();
      if (exitCode !== 0) throw new Error(`no certificate was made: ${stderr}`);
      return stdout.trim();
    },
    async close() {
      await Promise.all([...started].map((container) => container.stop()));
      await network.stop();
    },
  };
}

/** The words that run the image's own program in a container of it. */
export function program(...words: readonly string[]): string[] {
  return ["/usr/bin/node", "/berth/program.js", ...words];
}

/** A container that only is there, for programs to be run in it. */
function idle(image: string): GenericContainer {
  return new GenericContainer(image)
    .withEntrypoint(["/usr/bin/node", "-e"])
    .withCommand(["process.on('SIGTERM', () => process.exit()); console.log('idle'); setInterval(() => {}, 1e9)"]);
}
