import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** Binds to a free port of loopback and returns it. */
export function listenOnLoopback(server: Server, credentials = ServerCredentials.createInsecure()): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

/** The limits of an agent that has none (HS-031). */
export const noLimits: Limits = {
  maxMessageBytes: 0,
  maxDataBytes: 0,
  maxManifestBytes: 0n,
  maxFiles: 0,
  instanceQuotaBytes: 0n,
  sessionIdleMs: 0n,
  syncIdleMs: 0n,
  maxWaitMs: 0n,
  maxOperations: 0,
  maxOutputBytes: 0n,
  maxOperationMs: 0n,
  maxArgumentBytes: 0,
  ownershipWindowMs: 0n,
  maxSessions: 0,
  instanceIdleMs: 0n,
};
