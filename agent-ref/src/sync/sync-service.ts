import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { SyncServiceServer } from "@berth/proto/messages/sync/v49/sync";
import type { Logger } from "pino";
import type { AutomaticSession, Sessions } from "../handshake/session.ts";
import { streaming } from "../transport/message-stream.ts";
import { runSync } from "./sync-stream.ts";

/** The service of dialect `automatic` that brings an instance to a manifest. */
export function createSyncService(
  sessions: Sessions<AutomaticSession>,
  limits: Limits,
  logger: Logger,
): SyncServiceServer {
  return { sync: streaming((stream) => runSync(stream, sessions, limits), logger) };
}
