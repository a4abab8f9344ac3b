import { strict as assert } from "node:assert";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import type {
  ListFilesRequest,
  ListFilesResponse,
  UpdateFileRequest,
  UpdateFileResponse,
} from "@berth/proto/messages/sync/v44/file";
import type {
  ServerReadableStream,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { FakeLegacyAgent, FakeTreeFile } from "./fake-legacy-state.ts";
import { fakeRefusal } from "./fake-refusal.ts";

/** FileService over the trees of a fake agent, as spec/legacy.md says. */
export function createFakeTreeService(agent: FakeLegacyAgent): UntypedServiceImplementation {
  let underWay = 0;
  return {
    listFiles(call: ServerWritableStream<ListFilesRequest, ListFilesResponse>) {
      agent.lists.push(call.request);
      try {
        for (const [key, { modifiedMs }] of treeOf(agent, call.request)) {
          const [kind, name = "", path = ""] = key.split(" ");
          call.write({ files: [{ package: { kind: Number(kind) as 1 | 2, name }, path, modifiedMs }] });
        }
        call.end();
      } catch (error) {
        call.emit("error", error);
      }
    },
    async updateFile(
      call: ServerReadableStream<UpdateFileRequest, UpdateFileResponse>,
      callback: sendUnaryData<UpdateFileResponse>,
    ) {
      agent.mostAtOnce = Math.max(agent.mostAtOnce, ++underWay);
      try {
        await takeUpdate(agent, call);
        callback(null, {});
      } catch (error) {
        const isAssertion = error instanceof assert.AssertionError;
        const message = isAssertion ? error.message : "";
        callback(isAssertion ? fakeRefusal(ErrorCode.ERROR_CODE_MALFORMED_REQUEST, { message }) : (error as Error));
      } finally {
        underWay--;
      }
    },
  };
}

async function takeUpdate(
  agent: FakeLegacyAgent,
  call: ServerReadableStream<UpdateFileRequest, UpdateFileResponse>,
): Promise<void> {
  const parts = call[Symbol.asyncIterator]();
  const next = async () => ((await parts.next()).value as UpdateFileRequest | undefined)?.part;

  const first = await next();
  assert.ok(first?.$case === "header", "LEG-025: an update begins with a header");
  const { package: owner, path, modifiedMs, sizeBytes, executable } = first.value;
  const tree = treeOf(agent, first.value);
  const count = agent.updates.push(first.value);
  const refusal = agent.behaviour.refuseUpdate?.(count);
  if (refusal) throw refusal;
  if (agent.behaviour.answersEarly) return;

  const content: Uint8Array[] = [];
  for (let part = await next(); part; part = await next()) {
    assert.ok(part.$case === "content" && part.value.length > 0, "LEG-025: content follows, at least one byte");
    const { maxDataBytes = Number.POSITIVE_INFINITY } = agent.behaviour;
    assert.ok(part.value.length <= maxDataBytes, "HS-033: a piece keeps within max_data_bytes");
    agent.pieces.push(part.value.length);
    content.push(part.value);
  }
  const whole = Buffer.concat(content);
  assert.equal(whole.length, Number(sizeBytes), "LEG-025: the content has its announced size");
  tree.set(`${owner?.kind} ${owner?.name} ${path}`, { modifiedMs, content: whole, executable });
  await agent.behaviour.afterUpdate?.(count);
}

/** The tree a call is served from; throws for a session or an InstanceId that no good server sends. */
function treeOf(
  agent: FakeLegacyAgent,
  { sessionToken, instanceId }: { sessionToken: string; instanceId: string },
): Map<string, FakeTreeFile> {
  if (!agent.tokens.has(sessionToken)) throw fakeRefusal(ErrorCode.ERROR_CODE_SESSION_UNKNOWN);
  const tree = agent.trees.get(instanceId) ?? new Map<string, FakeTreeFile>();
  agent.trees.set(instanceId, tree);
  return tree;
}
