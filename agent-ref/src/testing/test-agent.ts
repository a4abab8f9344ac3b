import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { pino } from "pino";
import { startAgent } from "../agent.ts";
import { defaultLimits } from "../limits.ts";
import { connectRawClient, type RawClient } from "./raw-client.ts";

/** An agent in this process, on any free port of loopback. */
export interface TestAgent extends AsyncDisposable {
  readonly root: string;
  readonly address: string;
  readonly client: RawClient;
}

/** Starts an agent; one without a root of its own gets a fresh one, removed at the end. */
export async function startTestAgent({
  root,
  limits,
}: {
  root?: string;
  limits?: Partial<Limits>;
} = {}): Promise<TestAgent> {
  const used = root ?? (await makeTestDirectory());
  const agent = await startAgent({
    root: used,
    host: "127.0.0.1",
    port: 0,
    agentVersion: 51,
    tls: undefined,
    limits: { ...defaultLimits, ...limits },
    logger: pino({ level: "silent" }),
  });
  const address = `127.0.0.1:${agent.port}`;
  const client = connectRawClient(address);
  return {
    root: used,
    address,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await agent.stop();
      if (root === undefined) await rm(used, { recursive: true, force: true });
    },
  };
}

/** A fresh directory; who makes it removes it. */
export function makeTestDirectory(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), "berth-agent-"));
}
