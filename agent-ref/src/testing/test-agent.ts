import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { pino } from "pino";
import { startAgent } from "../agent.ts";
import type { AgentVersion } from "../handshake/agent-version.ts";
import { defaultLimits } from "../limits.ts";
import { connectRawClient, type RawClient } from "./raw-client.ts";

/** An agent in this process, on any free port of loopback. */
export interface TestAgent extends AsyncDisposable {
  readonly root: string;
  readonly address: string;
  readonly client: RawClient;
  /** Stops it and starts it again over the same root, as the same version or another. Its address and client are new ones then. */
  restart(agentVersion?: AgentVersion): Promise<void>;
}

/** How a test wants its agent. */
export interface TestAgentOptions {
  /** Without one it gets a fresh one, removed at the end. */
  readonly root?: string;
  readonly limits?: Partial<Limits>;
  readonly agentVersion?: AgentVersion;
}

/** Starts an agent. */
export async function startTestAgent(options: TestAgentOptions = {}): Promise<TestAgent> {
  const root = options.root ?? (await makeTestDirectory());
  let running = await startOnce(root, options);
  return {
    root,
    get address() {
      return running.address;
    },
    get client() {
      return running.client;
    },
    async restart(agentVersion = options.agentVersion) {
      await running.stop();
      running = await startOnce(root, { ...options, ...(agentVersion && { agentVersion }) });
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      if (options.root === undefined) await rm(root, { recursive: true, force: true });
    },
  };
}

async function startOnce(root: string, { limits, agentVersion = 51 }: TestAgentOptions) {
  const agent = await startAgent({
    root,
    host: "127.0.0.1",
    port: 0,
    agentVersion,
    tls: undefined,
    limits: { ...defaultLimits, ...limits },
    logger: pino({ level: "silent" }),
  });
  const address = `127.0.0.1:${agent.port}`;
  const client = connectRawClient(address);
  return {
    address,
    client,
    async stop() {
      client.close();
      await agent.stop();
    },
  };
}

/** A fresh directory; who makes it removes it. */
export function makeTestDirectory(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), "berth-agent-"));
}
