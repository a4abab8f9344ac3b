import path from "node:path";
import {
  HandshakeServiceService,
  type Limits,
  NegotiateRequest,
  NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import { createAutomaticServices } from "./automatic-services.ts";
import { type AgentVersion, speaksAutomatic } from "./handshake/agent-version.ts";
import { createHandshakeService } from "./handshake/handshake-service.ts";
import { openInstances } from "./instancing/instances.ts";
import { createLegacyServices } from "./legacy/legacy-services.ts";
import type { CertificatePair } from "./security/certificate.ts";
import { lockRoot } from "./storage/root-lock.ts";
import { startGrpcServer } from "./transport/grpc-server.ts";
import { defineService } from "./transport/service-definition.ts";

/** What an agent is made of. */
export interface AgentOptions {
  /** Everything the agent keeps is below this directory. */
  readonly root: string;
  readonly host: string;
  /** Zero takes any free port. */
  readonly port: number;
  /** Decides the dialects, and with them every service but the handshake (HS-009, LEG-001, LEG-002). */
  readonly agentVersion: AgentVersion;
  /** Undefined serves plaintext; whether that is allowed is decided before (SEC-001). */
  readonly tls: CertificatePair | undefined;
  readonly limits: Limits;
  readonly logger: Logger;
}

/** An agent that serves. */
export interface Agent {
  readonly port: number;
  /** Takes no new calls, lets those under way end for a while, ends every host and lets go of the root. */
  stop(): Promise<void>;
}

/** How long calls under way are waited for when the agent stops. */
const STOP_GRACE_MS = 5_000;

/** Takes the root, recovers what is in it and serves. Throws when the root is in use or cannot be read, or the address cannot be bound. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { root, host, port, agentVersion, tls, limits, logger } = options;
  await using resources = new AsyncDisposableStack();
  resources.use(lockRoot(root));
  const instances = resources.adopt(
    await openInstances({ directory: path.join(root, "instances"), limits, logger }),
    (opened) => opened.close(),
  );
  const createServices = speaksAutomatic(agentVersion) ? createAutomaticServices : createLegacyServices;
  const dialect = resources.adopt(createServices({ agentVersion, limits, instances, logger }), (made) => made.close());
  const server = resources.adopt(
    await startGrpcServer({
      host,
      port,
      tls,
      maxMessageBytes: limits.maxMessageBytes,
      services: [
        {
          definition: defineService(HandshakeServiceService, { negotiate: [NegotiateRequest, NegotiateResponse] }),
          implementation: createHandshakeService(dialect.negotiate, logger),
        },
        ...dialect.services,
      ],
    }),
    (started) => started.stop(STOP_GRACE_MS),
  );
  const held = resources.move();
  return { port: server.port, stop: () => held.disposeAsync() };
}
