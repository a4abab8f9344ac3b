import type { OperationServiceServer } from "@berth/proto/messages/sync/v49/operation";
import type { Logger } from "pino";
import type { AutomaticSession, Sessions } from "../handshake/session.ts";
import { unary } from "../transport/unary.ts";

/** The service of dialect `automatic` that runs work: each call goes to the operations of its session's instance. */
export function createOperationService(sessions: Sessions<AutomaticSession>, logger: Logger): OperationServiceServer {
  return {
    startOperation: unary(async (request, call) => {
      const { instance, confirmed } = sessions.resolve(request.sessionToken, call);
      return instance.operations.start({ ...request, generation: confirmed, waitSignal: call.signal });
    }, logger),

    readOperation: unary(async (request, call) => {
      const { instance } = sessions.resolve(request.sessionToken, call);
      return instance.operations.read({ ...request, waitSignal: call.signal });
    }, logger),

    cancelOperation: unary(async (request, call) => {
      const { instance } = sessions.resolve(request.sessionToken, call);
      return { status: await instance.operations.cancel(request.operationId, request.graceMs) };
    }, logger),

    abandonOperation: unary(async (request, call) => {
      const { instance } = sessions.resolve(request.sessionToken, call);
      return { status: await instance.operations.abandon(request.operationId) };
    }, logger),
  };
}
