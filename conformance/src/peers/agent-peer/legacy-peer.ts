import { ErrorCode, Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type {
  ListFilesRequest,
  ListFilesResponse,
  UpdateFileHeader,
  UpdateFileResponse,
} from "@berth/proto/messages/sync/v44/file";
import type { RunOperationRequest } from "@berth/proto/messages/sync/v44/host";
import { isLegacy } from "../../dialect.ts";
import { instanceName } from "./instance-name.ts";
import type { LegacyMethod, SeenLegacy, SeenLegacyCall, SeenUpdate } from "./legacy-seen.ts";
import { keyOf, LegacyTree } from "./legacy-tree.ts";
import { LegacyUpdate } from "./legacy-update.ts";
import type { OperationScript } from "./options.ts";
import type { PeerState } from "./peer-state.ts";
import { Refused } from "./refusal.ts";
import type { PeerSession } from "./sessions.ts";

/** The agent's side of the dialects 1 and 44: a tree for each instance, in memory, and everything held against the clauses. */
export class LegacyPeer implements SeenLegacy {
  readonly calls: SeenLegacyCall[] = [];
  readonly updates: SeenUpdate[] = [];
  readonly runs: RunOperationRequest[] = [];
  /** By the instance's name. */
  readonly trees = new Map<string, LegacyTree>();

  readonly #state: PeerState;
  /** What a session knows of its tree: the time of every file that it was told of or sent, by place. */
  readonly #known = new Map<PeerSession, Map<string, bigint>>();
  #unanswered = 0;

  constructor(state: PeerState) {
    this.#state = state;
  }

  /** @throws {Refused} when the agent refuses. */
  list(request: ListFilesRequest): ListFilesResponse {
    const { session, tree } = this.#begin("ListFiles", request);
    const files = tree.list();
    this.#known.set(session, new Map(files.map((file) => [keyOf(file), file.modifiedMs])));
    return { files };
  }

  /** Takes one update in. `finish` puts the file in its place; it counts as unanswered until `over`. */
  openUpdate(): { update: LegacyUpdate; finish(): UpdateFileResponse; over(): void } {
    let begun = false;
    const update = new LegacyUpdate(this.#state, (header) => {
      const { session, tree } = this.#begin("UpdateFile", header);
      this.#requireStale(session, header);
      begun = true;
      this.#unanswered += 1;
      return tree;
    });
    return {
      update,
      finish: () => {
        this.updates.push(update.end());
        this.#state.conditions.changed();
        return {};
      },
      over: () => {
        if (begun) this.#unanswered -= 1;
        begun = false;
      },
    };
  }

  /** The script of an operation that may run. @throws {Refused} when the agent refuses. */
  run(request: RunOperationRequest): OperationScript {
    if (this.#unanswered > 0)
      this.#state.blame("LEG-032", "an operation was started while an UpdateFile had no answer");
    const { tree } = this.#begin("RunOperation", request);
    this.#requireArgumentsWithinLimit(request);
    if (!tree.canStart(request.host, request.entry)) {
      throw new Refused({ code: ErrorCode.ERROR_CODE_NO_HOST, clause: "LEG-041" });
    }
    this.runs.push(request);
    this.#state.conditions.changed();
    return this.#state.options.operations?.[request.name] ?? {};
  }

  #begin(method: LegacyMethod, request: { sessionToken: string; instanceId: string }) {
    const { sessions, refusals } = this.#state;
    refusals.deal(REFUSED_CALLS[method], () => sessions.end(request.sessionToken));
    const session = sessions.require(request.sessionToken, "legacy");
    if (!isLegacy(session.dialect)) throw new Error("unreachable: a legacy session has a legacy dialect");
    this.calls.push({ method, dialect: session.dialect, instanceId: request.instanceId });
    this.#state.conditions.changed();
    this.#judgeInstanceId(method, session, request.instanceId);
    return { session, tree: this.#treeOf(session, request.instanceId) };
  }

  #judgeInstanceId(method: LegacyMethod, { dialect, request }: PeerSession, instanceId: string): void {
    if (dialect === 1 && instanceId !== "") {
      this.#state.blame("LEG-018", `${method} holds the InstanceId ${JSON.stringify(instanceId)} in the dialect 1`);
    }
    if (dialect === 44 && instanceId !== request.instanceId) {
      const own = JSON.stringify(request.instanceId);
      this.#state.blame(
        "LEG-019",
        `${method} holds the InstanceId ${JSON.stringify(instanceId)}, and the greeting ${own}`,
      );
    }
  }

  #treeOf({ dialect, request }: PeerSession, instanceId: string): LegacyTree {
    const own = dialect === 44 && instanceId.trim() !== "";
    const isolation = own ? Isolation.ISOLATION_INSTANCE_ID : Isolation.ISOLATION_PRODUCT;
    const name = instanceName({ ...request, instanceId }, isolation, "");
    const tree = this.trees.get(name) ?? new LegacyTree(this.#state.options.tree ?? []);
    this.trees.set(name, tree);
    return tree;
  }

  #requireStale(session: PeerSession, header: UpdateFileHeader): void {
    const known = this.#known.get(session) ?? new Map<string, bigint>();
    this.#known.set(session, known);
    if (known.get(keyOf(header)) === header.modifiedMs) {
      this.#state.blame("LEG-030", `${JSON.stringify(header.path)} was sent, and the agent lists it with this time`);
    }
    known.set(keyOf(header), header.modifiedMs);
  }

  #requireArgumentsWithinLimit(request: RunOperationRequest): void {
    const { maxArgumentBytes } = this.#state.limits;
    const bytes = [request.name, ...request.arguments].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (maxArgumentBytes === 0 || bytes <= maxArgumentBytes) return;
    this.#state.blame("HS-033", `name and arguments of ${bytes} bytes went over max_argument_bytes`);
    throw new Refused({ code: ErrorCode.ERROR_CODE_LIMIT_EXCEEDED, clause: "HS-030" });
  }
}

const REFUSED_CALLS = { ListFiles: "list", UpdateFile: "update", RunOperation: "run" } as const;
