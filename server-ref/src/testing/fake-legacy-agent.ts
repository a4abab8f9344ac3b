import { randomUUID } from "node:crypto";
import {
  HandshakeServiceService,
  Isolation,
  type NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { FileServiceService } from "@berth/proto/messages/sync/v44/file";
import { HostServiceService } from "@berth/proto/messages/sync/v44/host";
import { Server, type ServerErrorResponse, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import type { FakeLegacyAgent, FakeLegacyBehaviour } from "./fake-legacy-state.ts";
import { createFakeTreeService } from "./fake-tree.ts";
import { listenOnLoopback, noLimits } from "./loopback-server.ts";

/** Starts an agent of a version below 49, with one tree for every instance. It refuses what the clauses of LEG forbid a server, and says which one was broken. */
export async function startFakeLegacyAgent(
  agentVersion: number,
  behaviour: FakeLegacyBehaviour = {},
): Promise<FakeLegacyAgent> {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const agent: FakeLegacyAgent = {
    port: await listenOnLoopback(server),
    dialect: agentVersion >= 44 ? 44 : 1,
    behaviour,
    tokens: new Set(),
    greetings: [],
    lists: [],
    updates: [],
    pieces: [],
    mostAtOnce: 0,
    trees: new Map(),
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
  server.addService(HandshakeServiceService, {
    negotiate({ request }: ServerUnaryCall<NegotiateRequest, NegotiateResponse>, callback: sendUnaryData<unknown>) {
      try {
        callback(null, answerGreeting(agent, agentVersion, request));
      } catch (error) {
        callback(error as ServerErrorResponse);
      }
    },
  });
  server.addService(FileServiceService, createFakeTreeService(agent));
  if (behaviour.runOperation) server.addService(HostServiceService, { runOperation: behaviour.runOperation });
  return agent;
}

function answerGreeting(agent: FakeLegacyAgent, agentVersion: number, request: NegotiateRequest): NegotiateResponse {
  agent.greetings.push(request);
  const sessionToken = randomUUID();
  agent.tokens.add(sessionToken);
  const isNamed = agent.dialect === 44 && request.instanceId !== "";
  return {
    agentVersion,
    dialect: agent.dialect,
    features: [],
    isolation: isNamed ? Isolation.ISOLATION_INSTANCE_ID : Isolation.ISOLATION_PRODUCT,
    instanceName: isNamed ? "p-berth/i-fake" : "p-berth/shared",
    sessionToken,
    limits: { ...noLimits, maxDataBytes: agent.behaviour.maxDataBytes ?? 0 },
    generationPresent: false,
    ...agent.behaviour.negotiate?.(agent.greetings.length),
  };
}
