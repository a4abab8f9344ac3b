import type {
  HandshakeServiceServer,
  NegotiateRequest,
  NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import type { UnaryHandler } from "../transport/call.ts";
import { unary } from "../transport/unary.ts";

/** The service that greets, in whatever way the agent's version does. */
export function createHandshakeService(
  negotiate: UnaryHandler<NegotiateRequest, NegotiateResponse>,
  logger: Logger,
): HandshakeServiceServer {
  return { negotiate: unary(negotiate, logger) };
}
