import type { Limits, NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import type { AgentVersion } from "./handshake/agent-version.ts";
import type { Instances } from "./instancing/instances.ts";
import type { UnaryHandler } from "./transport/call.ts";
import type { ServedService } from "./transport/grpc-server.ts";

/** What the services of every dialect need of their agent. */
export interface DialectOptions {
  readonly agentVersion: AgentVersion;
  readonly limits: Limits;
  readonly instances: Instances;
  readonly logger: Logger;
}

/** How an agent greets, and what it serves after that: one set for agents before 49, another from 49 on. */
export interface DialectServices {
  readonly negotiate: UnaryHandler<NegotiateRequest, NegotiateResponse>;
  readonly services: readonly ServedService[];
  /** Ends every session. */
  close(): void;
}
