import { setTimeout as after } from "node:timers/promises";
import {
  FileServiceService,
  type ListFilesRequest,
  type ListFilesResponse,
  type UpdateFileRequest,
  type UpdateFileResponse,
} from "@berth/proto/messages/sync/v44/file";
import {
  HostServiceService,
  type RunOperationRequest,
  type RunOperationResponse,
} from "@berth/proto/messages/sync/v44/host";
import type { Server, ServerReadableStream, ServerWritableStream, ServiceError, sendUnaryData } from "@grpc/grpc-js";
import { endOf, outputOf } from "./legacy-operation.ts";
import type { LegacyPeer } from "./legacy-peer.ts";
import type { PeerState } from "./peer-state.ts";
import type { Received } from "./received.ts";
import { servedMethod } from "./served-method.ts";

/** Turns whatever went wrong into the end of a call. */
type RefusalOf = (state: PeerState, method: string, error: unknown) => Partial<ServiceError>;

/** Adds the services of the dialects 1 and 44. */
export function addLegacyServices(server: Server, state: PeerState, legacy: LegacyPeer, refusalOf: RefusalOf): void {
  const { listFiles, updateFile } = FileServiceService;
  const { runOperation } = HostServiceService;
  server.addService(
    {
      listFiles: servedMethod(state, listFiles),
      updateFile: servedMethod(state, updateFile),
    },
    {
      listFiles: (call: ServerWritableStream<Received<ListFilesRequest>, ListFilesResponse>) =>
        judged(call, listFiles.path, async () => {
          state.take(listFiles.path, call.request);
          const response = legacy.list(call.request.message);
          send(call, listFiles.path, response);
          call.end();
        }),
      updateFile: serveUpdate,
    },
  );
  server.addService(
    { runOperation: servedMethod(state, runOperation) },
    {
      runOperation: (call: ServerWritableStream<Received<RunOperationRequest>, RunOperationResponse>) =>
        judged(call, runOperation.path, async () => {
          state.take(runOperation.path, call.request);
          const script = legacy.run(call.request.message);
          for (const response of outputOf(script)) send(call, runOperation.path, response);
          if (state.cut("run")) return;
          const end = endOf(script);
          if (end !== undefined) send(call, runOperation.path, end);
          call.end();
        }),
    },
  );

  function judged<Response>(
    call: ServerWritableStream<unknown, Response>,
    path: string,
    work: () => Promise<void>,
  ): void {
    call.on("error", () => {}); // a server that goes away is seen by what it did before
    work().catch((error: unknown) => call.emit("error", refusalOf(state, path, error)));
  }

  function send<Response>(call: ServerWritableStream<unknown, Response>, path: string, response: Response): void {
    state.log.message("sent", path, response);
    call.write(response);
  }

  function serveUpdate(
    call: ServerReadableStream<Received<UpdateFileRequest>, UpdateFileResponse>,
    callback: sendUnaryData<UpdateFileResponse>,
  ): void {
    const { update, finish, over } = legacy.openUpdate();
    let done = false;
    const guarded = async (work: () => Promise<void> | void): Promise<void> => {
      if (done) return;
      try {
        await work();
      } catch (error) {
        done = true;
        over();
        callback(refusalOf(state, updateFile.path, error));
      }
    };
    call.on("data", (received: Received<UpdateFileRequest>) => {
      void guarded(() => {
        state.take(updateFile.path, received);
        update.take(received.message);
        done = state.cut("update");
        if (done) over();
      });
    });
    call.on("cancelled", over);
    call.on("error", over);
    // A connection that breaks shows as an end too; that it was none is known a turn later.
    call.on("end", () =>
      setImmediate(
        () =>
          void guarded(async () => {
            if (call.cancelled) return over();
            const response = finish();
            if (state.options.updatePauseMs !== undefined) await after(state.options.updatePauseMs);
            over();
            state.log.message("sent", updateFile.path, response);
            callback(null, response);
          }),
      ),
    );
  }
}
