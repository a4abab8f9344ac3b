import { HandshakeServiceService } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationServiceService } from "@berth/proto/messages/sync/v49/operation";
import { type SyncRequest, type SyncResponse, SyncServiceService } from "@berth/proto/messages/sync/v49/sync";
import {
  type handleUnaryCall,
  type Metadata,
  Server,
  type ServerDuplexStream,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import type { LegacyPeer } from "./legacy-peer.ts";
import { addLegacyServices } from "./legacy-services.ts";
import { negotiate } from "./negotiation.ts";
import { PeerOperations } from "./operations.ts";
import type { PeerState } from "./peer-state.ts";
import type { Received } from "./received.ts";
import { Refused, RefusedByLibrary } from "./refusal.ts";
import { servedMethod } from "./served-method.ts";
import { SyncStream } from "./sync-stream.ts";

/** How long a server has after Committed to end its side of the stream (SYNC-030). */
const HALF_CLOSE_MS = 5000;

/** Makes the gRPC server of one agent of the suite's; its own bound on message sizes is off, because the suite judges them. */
export function makeServices(state: PeerState, legacy: LegacyPeer): Server {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const operations = new PeerOperations(state);
  const { startOperation, readOperation, cancelOperation, abandonOperation } = OperationServiceService;
  const { negotiate: negotiateMethod } = HandshakeServiceService;

  server.addService(
    { negotiate: servedMethod(state, negotiateMethod) },
    { negotiate: unary(state, negotiateMethod.path, (request, peerAddress) => negotiate(state, request, peerAddress)) },
  );
  server.addService(
    { sync: servedMethod(state, SyncServiceService.sync) },
    { sync: (call: SyncCall) => serveSync(state, call) },
  );
  server.addService(
    {
      startOperation: servedMethod(state, startOperation),
      readOperation: servedMethod(state, readOperation),
      cancelOperation: servedMethod(state, cancelOperation),
      abandonOperation: servedMethod(state, abandonOperation),
    },
    {
      startOperation: unary(state, startOperation.path, (request) => operations.start(request)),
      readOperation: unary(state, readOperation.path, (request) => operations.read(request)),
      cancelOperation: unary(state, cancelOperation.path, (request) => operations.cancel(request)),
      abandonOperation: unary(state, abandonOperation.path, (request) => operations.abandon(request)),
    },
  );
  addLegacyServices(server, state, legacy, refusalOf);
  return server;
}

function unary<Request, Response>(
  state: PeerState,
  method: string,
  answer: (request: never, peerAddress: string) => Response | Promise<Response>,
): handleUnaryCall<Received<Request>, NonNullable<Response>> {
  return (call, callback) => {
    const serve = async (): Promise<void> => {
      try {
        state.take(method, call.request);
        const response = await answer(call.request.message as never, call.getPeer().replace(/:\d+$/, ""));
        // Nothing is answered to a call whose connection was cut.
        if (response === undefined || response === null) return;
        state.log.message("sent", method, response);
        callback(null, response);
      } catch (error) {
        callback(refusalOf(state, method, error));
      }
    };
    void serve();
  };
}

type SyncCall = ServerDuplexStream<Received<SyncRequest>, SyncResponse>;

function serveSync(state: PeerState, call: SyncCall): void {
  const { path } = SyncServiceService.sync;
  let over = false;
  const send = (response: SyncResponse): void => {
    if (over) return;
    state.log.message("sent", path, response);
    call.write(response);
  };
  const stream = new SyncStream(state, send);
  const judged = (work: () => void): void => {
    if (over) return;
    try {
      work();
    } catch (error) {
      over = true;
      call.emit("error", refusalOf(state, path, error));
    }
  };
  const breakOff = (): void => {
    if (over) return;
    over = true;
    stream.breakOff();
  };

  call.on("data", (received: Received<SyncRequest>) =>
    judged(() => {
      stream.take(received);
      if (stream.committed) void awaitHalfClose(state, call);
    }),
  );
  // A connection that breaks shows as an end too; that it was none is known a turn later.
  call.on("end", () =>
    setImmediate(() =>
      judged(() => {
        if (call.cancelled) return breakOff();
        stream.end();
        over = true;
        call.end();
      }),
    ),
  );
  call.on("cancelled", breakOff);
  call.on("error", breakOff);
}

async function awaitHalfClose(state: PeerState, call: SyncCall): Promise<void> {
  const done = (): boolean => call.readableEnded || call.destroyed || call.cancelled;
  call.once("end", () => state.conditions.changed());
  call.once("cancelled", () => state.conditions.changed());
  if (await state.conditions.until(done, HALF_CLOSE_MS)) return;
  state.blame("SYNC-030", `the server did not end its side within ${HALF_CLOSE_MS} ms of Committed`);
  call.end();
}

function refusalOf(state: PeerState, method: string, error: unknown): Partial<ServiceError> & { metadata?: Metadata } {
  state.log.event(`${method} is refused: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Refused || error instanceof RefusedByLibrary) return error.serviceError;
  // A fault of the suite: it goes to the case, which ends as a harness error.
  state.fault(error);
  return { code: status.INTERNAL, details: String(error) };
}
