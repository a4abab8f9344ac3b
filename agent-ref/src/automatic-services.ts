import {
  AbandonOperationRequest,
  AbandonOperationResponse,
  CancelOperationRequest,
  CancelOperationResponse,
  OperationServiceService,
  ReadOperationRequest,
  ReadOperationResponse,
  StartOperationRequest,
  StartOperationResponse,
} from "@berth/proto/messages/sync/v49/operation";
import { SyncRequest, SyncResponse, SyncServiceService } from "@berth/proto/messages/sync/v49/sync";
import type { DialectOptions, DialectServices } from "./dialect-services.ts";
import { negotiate } from "./handshake/negotiate.ts";
import type { AutomaticSession } from "./handshake/session.ts";
import { createSessionStore } from "./handshake/session-store.ts";
import { createOperationService } from "./operations/operation-service.ts";
import { createSyncService } from "./sync/sync-service.ts";
import { defineService } from "./transport/service-definition.ts";

/** What an agent of version 49 or later serves (HS-009). */
export function createAutomaticServices(options: DialectOptions): DialectServices {
  const { limits, logger } = options;
  const sessions = createSessionStore<AutomaticSession>(limits);
  return {
    negotiate: (request, call) => negotiate(request, call, { ...options, sessions }),
    services: [
      {
        definition: defineService(SyncServiceService, { sync: [SyncRequest, SyncResponse] }),
        implementation: createSyncService(sessions, limits, logger),
      },
      {
        definition: defineService(OperationServiceService, {
          startOperation: [StartOperationRequest, StartOperationResponse],
          readOperation: [ReadOperationRequest, ReadOperationResponse],
          cancelOperation: [CancelOperationRequest, CancelOperationResponse],
          abandonOperation: [AbandonOperationRequest, AbandonOperationResponse],
        }),
        implementation: createOperationService(sessions, logger),
      },
    ],
    close: () => sessions.close(),
  };
}
