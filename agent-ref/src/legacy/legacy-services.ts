import {
  FileServiceService,
  ListFilesRequest,
  ListFilesResponse,
  UpdateFileRequest,
  UpdateFileResponse,
} from "@berth/proto/messages/sync/v44/file";
import { HostServiceService, RunOperationRequest, RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import type { DialectOptions, DialectServices } from "../dialect-services.ts";
import { createSessionStore } from "../handshake/session-store.ts";
import { defineService } from "../transport/service-definition.ts";
import { createFileService } from "./file-service.ts";
import { createHostService } from "./host-service.ts";
import { createLegacyInstances } from "./legacy-instances.ts";
import { negotiateLegacy } from "./legacy-negotiate.ts";
import type { LegacySession } from "./legacy-session.ts";

/** What an agent before version 49 serves (LEG-001, LEG-002). */
export function createLegacyServices(options: DialectOptions): DialectServices {
  const { agentVersion, limits, logger } = options;
  const sessions = createSessionStore<LegacySession>(limits);
  const instances = createLegacyInstances(agentVersion, options.instances);
  const calls = { sessions, instances, limits };
  return {
    negotiate: (request, call) => negotiateLegacy(request, call, { agentVersion, ...calls }),
    services: [
      {
        definition: defineService(FileServiceService, {
          listFiles: [ListFilesRequest, ListFilesResponse],
          updateFile: [UpdateFileRequest, UpdateFileResponse],
        }),
        implementation: createFileService(calls, logger),
      },
      {
        definition: defineService(HostServiceService, { runOperation: [RunOperationRequest, RunOperationResponse] }),
        implementation: createHostService(calls, logger),
      },
    ],
    close: () => sessions.close(),
  };
}
