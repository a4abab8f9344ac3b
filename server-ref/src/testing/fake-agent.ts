import { randomUUID } from "node:crypto";
import {
  HandshakeServiceService,
  Isolation,
  type NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { OperationServiceService } from "@berth/proto/messages/sync/v49/operation";
import { type SyncRequest, type SyncResponse, SyncServiceService } from "@berth/proto/messages/sync/v49/sync";
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import type { FakeAgent, FakeBehaviour } from "./fake-agent-state.ts";
import { FakeStore } from "./fake-store.ts";
import { answerSync } from "./fake-sync.ts";
import { listenOnLoopback, noLimits } from "./loopback-server.ts";

export async function startFakeAgent(
  behaviour: FakeBehaviour = {},
  credentials = ServerCredentials.createInsecure(),
): Promise<FakeAgent> {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const port = await listenOnLoopback(server, credentials);
  const agent: FakeAgent = {
    port,
    behaviour,
    store: new FakeStore(),
    tokens: new Set(),
    greetings: [],
    offers: [],
    data: [],
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
  server.addService(HandshakeServiceService, {
    negotiate: (
      call: ServerUnaryCall<NegotiateRequest, NegotiateResponse>,
      callback: sendUnaryData<NegotiateResponse>,
    ) => {
      behaviour.peer?.(call.getPeer());
      try {
        callback(null, answerGreeting(agent, call.request));
      } catch (error) {
        callback(error as ServerErrorResponse);
      }
    },
  });
  server.addService(SyncServiceService, {
    sync: (call: ServerDuplexStream<SyncRequest, SyncResponse>) => void answerSync(agent, call),
  });
  if (behaviour.operations) server.addService(OperationServiceService, behaviour.operations);
  return agent;
}

function answerGreeting(agent: FakeAgent, request: NegotiateRequest): NegotiateResponse {
  agent.greetings.push(request);
  const sessionToken = randomUUID();
  agent.tokens.add(sessionToken);
  const { features = ["server-identity@1", "zstd@1"], maxDataBytes = 0, negotiate } = agent.behaviour;
  return {
    agentVersion: 49,
    dialect: 49,
    features: features.filter((feature) => request.features.includes(feature)),
    isolation: request.instanceId ? Isolation.ISOLATION_INSTANCE_ID : Isolation.ISOLATION_SERVER,
    instanceName: "p-berth/s-fake",
    sessionToken,
    limits: { ...noLimits, maxDataBytes },
    generationPresent: agent.store.generations.has(Buffer.from(request.wantedManifestDigest).toString("hex")),
    ...negotiate?.(request, agent.greetings.length),
  };
}
