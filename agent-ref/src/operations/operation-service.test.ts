import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ErrorCode, Error as ErrorMessage, Phase } from "@berth/proto/messages/handshake/v1/handshake";
import {
  OperationServiceClient,
  OperationServiceService,
  OperationState,
  type ReadOperationRequest,
  type ReadOperationResponse,
  type StartOperationRequest,
  type StartOperationResponse,
} from "@berth/proto/messages/sync/v49/operation";
import { credentials, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, it } from "mocha";
import { BerthError } from "../errors/berth-error.ts";
import type { AutomaticSession, Sessions } from "../handshake/session.ts";
import type { InstanceOperations } from "./instance-operations.ts";
import { createOperationService } from "./operation-service.ts";
import { ceilingMs, logger, type TestGeneration, TestingPlace, until } from "./testing-place.test.ts";

const token = "a good token";

describe("the operation service", () => {
  let place: TestingPlace;
  let server: Server;
  let client: OperationServiceClient;
  let operations: InstanceOperations;
  let confirmed: TestGeneration | undefined;

  beforeEach(async () => {
    place = await TestingPlace.make();
    operations = await place.open();
    confirmed = await place.shellHost('echo "$1"; [ "$1" != wait ] || while :; do sleep 1; done');
    server = new Server();
    server.addService(OperationServiceService, createOperationService(sessions, logger));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    client = new OperationServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  afterEach(async () => {
    client.close();
    server.forceShutdown();
    await place.remove();
  });

  const sessions: Sessions<AutomaticSession> = {
    resolve(given) {
      if (given !== token) {
        throw new BerthError({
          code: "SESSION_UNKNOWN",
          message: "The session is unknown.",
          remedy: "Negotiate again.",
          clause: "HS-021",
        });
      }
      // The service uses these two of a session and nothing else.
      return { instance: { operations }, confirmed } as Partial<AutomaticSession> as AutomaticSession;
    },
  };

  function answerOf<Response>(
    call: (callback: (error: ServiceError | null, response: Response) => void) => unknown,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      call((error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  const ask = {
    start: (request: StartOperationRequest) =>
      answerOf<StartOperationResponse>((callback) => client.startOperation(request, callback)),
    read: (request: ReadOperationRequest) =>
      answerOf<ReadOperationResponse>((callback) => client.readOperation(request, callback)),
    cancel: (operationId: string) =>
      answerOf((callback) => client.cancelOperation({ sessionToken: token, operationId, graceMs: 0n }, callback)),
    abandon: (operationId: string) =>
      answerOf((callback) => client.abandonOperation({ sessionToken: token, operationId }, callback)),
  };

  function startRequest(wanted: { name?: string; operationId?: string; waitMs?: bigint; sessionToken?: string } = {}) {
    return {
      ...{ sessionToken: token, operationId: randomUUID(), name: "greet", arguments: ["hello"] },
      ...{ waitMs: BigInt(ceilingMs), timeoutMs: 0n },
      ...wanted,
    };
  }

  const readRequest = (operationId: string, cursor: bigint) => ({
    ...{ sessionToken: token, operationId, cursor },
    ...{ waitMs: BigInt(ceilingMs), maxBytes: 0 },
  });

  it("starts and reads an operation", async () => {
    const request = startRequest();
    const started = await ask.start(request);
    assert.equal(started.status?.state, OperationState.OPERATION_STATE_EXITED);
    const readAgain = await ask.read(readRequest(request.operationId, 0n));
    assert.deepEqual(readAgain, started);
    assert.equal(Buffer.from(readAgain.output[0]!.data).toString(), "greet\n");
  });

  it("cancels and abandons operations", async () => {
    for (const end of [ask.cancel, ask.abandon]) {
      const { operationId } = startRequest();
      await ask.start(startRequest({ operationId, name: "wait", waitMs: 0n }));
      await end(operationId);
      let cursor = 0n;
      await until(async () => {
        const answer = await ask.read(readRequest(operationId, cursor));
        cursor = answer.nextCursor;
        return answer.status?.state !== OperationState.OPERATION_STATE_RUNNING;
      }, "the operation has ended");
    }
  });

  it("goes on running an operation whose caller cancelled the call", async () => {
    const request = startRequest({ name: "wait" });
    await new Promise<void>((resolve) => {
      const call = client.startOperation(request, () => resolve());
      until(() => operations.runningCount === 1, "the operation runs").then(() => call.cancel(), resolve);
    });
    const { status: state } = await ask.read(readRequest(request.operationId, 0n));
    assert.equal(state?.state, OperationState.OPERATION_STATE_RUNNING);
  });

  it("carries every refusal as data, in the right status", async () => {
    const known = startRequest();
    await ask.start(known);
    const refusals = [
      [ask.start(startRequest({ sessionToken: "no" })), "SESSION_UNKNOWN", status.UNAUTHENTICATED],
      [ask.start(startRequest({ operationId: "no" })), "INVALID_OPERATION_ID", status.INVALID_ARGUMENT],
      [ask.start(startRequest({ name: "" })), "INVALID_ARGUMENTS", status.INVALID_ARGUMENT],
      [ask.start({ ...known, name: "x" }), "OPERATION_ID_REUSED", status.ALREADY_EXISTS],
      [ask.read(readRequest(known.operationId, 99n)), "INVALID_CURSOR", status.OUT_OF_RANGE],
      [ask.read(readRequest(randomUUID(), 0n)), "OPERATION_UNKNOWN", status.NOT_FOUND],
    ] as const;
    for (const [call, code, grpcStatus] of refusals) {
      const error = await call.then(
        () => assert.fail(`${code} was not refused`),
        (thrown: ServiceError) => thrown,
      );
      assert.equal(error.code, grpcStatus, code);
      const [trailer] = error.metadata.get("berth-error-bin");
      const message = ErrorMessage.decode(trailer as Buffer);
      assert.equal(message.code, ErrorCode[`ERROR_CODE_${code}`]);
      assert.equal(message.phase, Phase.PHASE_NOT_STARTED);
    }
    confirmed = undefined;
    await assert.rejects(ask.start(startRequest()), { code: status.FAILED_PRECONDITION });
    assert.equal((await ask.start(known)).status?.state, OperationState.OPERATION_STATE_EXITED);
  });
});
