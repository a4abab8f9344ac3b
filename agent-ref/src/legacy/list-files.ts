import {
  type ListedFile,
  type ListFilesRequest,
  type ListFilesResponse,
  PackageKind,
} from "@berth/proto/messages/sync/v44/file";
import type { ResponseStream } from "../transport/call.ts";
import type { LegacyCalls } from "./legacy-calls.ts";
import type { TreeFile } from "./tree-listing.ts";

/** So many files, each with the longest name and path, keep a message below the 4 MiB that gRPC libraries take by default. */
const FILES_PER_PAGE = 2048;

/** Lists the tree of the call's instance, page by page (LEG-020). An empty tree is an answer without a message. */
export async function listFiles(
  request: ListFilesRequest,
  stream: ResponseStream<ListFilesResponse>,
  calls: LegacyCalls,
): Promise<void> {
  const session = calls.sessions.resolve(request.sessionToken, stream);
  const { instance } = await calls.instances.open(session, "files", request.instanceId, stream);
  let page: ListedFile[] = [];
  for await (const files of instance.tree.list()) {
    for (const file of files) {
      page.push(listed(file));
      if (page.length < FILES_PER_PAGE) continue;
      await stream.send({ files: page });
      page = [];
    }
    if (stream.signal.aborted) return;
  }
  if (page.length > 0) await stream.send({ files: page });
}

function listed({ kind, name, path, modifiedMs }: TreeFile): ListedFile {
  const wireKind = kind === "extension" ? PackageKind.PACKAGE_KIND_EXTENSION : PackageKind.PACKAGE_KIND_HOST;
  return { package: { kind: wireKind, name }, path, modifiedMs };
}
