import type { UpdateFileHeader } from "@berth/proto/messages/sync/v44/file";
import type { RunOperationRequest } from "@berth/proto/messages/sync/v44/host";
import type { LegacyDialect } from "../../dialect.ts";

/** The calls of the dialects 1 and 44. */
export type LegacyMethod = "ListFiles" | "UpdateFile" | "RunOperation";

/** One call of the dialect 1 or 44, as it began. */
export interface SeenLegacyCall {
  readonly method: LegacyMethod;
  readonly dialect: LegacyDialect;
  /** The InstanceId its own request held. */
  readonly instanceId: string;
}

/** One UpdateFile that arrived whole. */
export interface SeenUpdate {
  readonly header: UpdateFileHeader;
  readonly content: Uint8Array;
}

/** Everything an agent of the suite's was sent in the dialects 1 and 44, in order. */
export interface SeenLegacy {
  readonly calls: readonly SeenLegacyCall[];
  readonly updates: readonly SeenUpdate[];
  readonly runs: readonly RunOperationRequest[];
}
