import type { HandshakeServiceServer } from "@berth/proto/messages/handshake/v1/handshake";
import type { Logger } from "pino";
import { unary } from "../transport/unary.ts";
import { type NegotiateOptions, negotiate } from "./negotiate.ts";

/** The service that greets. */
export function createHandshakeService(options: NegotiateOptions, logger: Logger): HandshakeServiceServer {
  return { negotiate: unary((request, call) => negotiate(request, call, options), logger) };
}
