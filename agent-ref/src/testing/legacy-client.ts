import {
  type FilePackage,
  FileServiceClient,
  type ListFilesResponse,
  PackageKind,
  UpdateFileHeader,
  type UpdateFileRequest,
} from "@berth/proto/messages/sync/v44/file";
import {
  HostServiceClient,
  HostStream,
  type OperationEnd,
  RunOperationRequest,
  type RunOperationResponse,
} from "@berth/proto/messages/sync/v44/host";
import { type ClientReadableStream, credentials, type ServiceError } from "@grpc/grpc-js";

/** What a server of the dialects 1 and 44 sends, without any of a server's care. */
export interface LegacyClient extends Disposable {
  readonly files: FileServiceClient;
  readonly hosts: HostServiceClient;
  /** The whole tree as the agent lists it: modification times by `extensions/<name>/<path>` or `hosts/<name>/<path>`. */
  list(call: LegacyCall): Promise<Map<string, bigint>>;
  /** The number of messages a list comes in, and of files in each. */
  pages(call: LegacyCall): Promise<number[]>;
  /** Opens an update. */
  openUpdate(): RawUpdate;
  /** Sends a file from beginning to end. */
  update(call: LegacyCall, file: Partial<UpdateFileHeader>, content: string | Buffer): Promise<void>;
  /** Opens an operation; whoever opens it reads or cancels it. */
  openRun(call: LegacyCall, wanted?: Partial<RunOperationRequest>): ClientReadableStream<RunOperationResponse>;
  /** Runs an operation to its end. */
  run(call: LegacyCall, wanted?: Partial<RunOperationRequest>): Promise<LegacyRun>;
}

/** What every call holds. */
export type LegacyCall = Pick<UpdateFileHeader, "sessionToken" | "instanceId">;

/** One UpdateFile, message by message. */
interface RawUpdate {
  send(part: UpdateFileRequest["part"]): void;
  end(): void;
  cancel(): void;
  /** Settles with the agent's answer. */
  readonly answer: Promise<void>;
}

/** An operation that has ended. */
interface LegacyRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: OperationEnd | undefined;
}

export const EXTENSION: FilePackage = { kind: PackageKind.PACKAGE_KIND_EXTENSION, name: "Sample" };
export const HOST: FilePackage = { kind: PackageKind.PACKAGE_KIND_HOST, name: "sample-host" };

export function connectLegacyClient(address: string): LegacyClient {
  const files = new FileServiceClient(address, credentials.createInsecure());
  const hosts = new HostServiceClient(address, credentials.createInsecure());
  const pages = async (call: LegacyCall) => {
    const answers: ListFilesResponse[] = [];
    for await (const page of files.listFiles(call)) answers.push(page as ListFilesResponse);
    return answers;
  };
  const openUpdate = () => rawUpdate(files);
  const openRun: LegacyClient["openRun"] = (call, wanted) =>
    hosts.runOperation({
      ...RunOperationRequest.fromPartial({ host: HOST.name, entry: "bin/host", name: "Work" }),
      ...wanted,
      ...call,
    });
  return {
    files,
    hosts,
    openUpdate,
    openRun,
    pages: async (call) => (await pages(call)).map((page) => page.files.length),
    async list(call) {
      const listed = (await pages(call)).flatMap((page) => page.files);
      return new Map(listed.map((one) => [`${folderOf(one.package!)}/${one.path}`, one.modifiedMs]));
    },
    async update(call, file, content) {
      const bytes = Buffer.from(content);
      const update = openUpdate();
      update.send({ $case: "header", value: header(call, { sizeBytes: BigInt(bytes.length), ...file }) });
      if (bytes.length > 0) update.send({ $case: "content", value: bytes });
      update.end();
      await update.answer;
    },
    run: (call, wanted) => readRun(openRun(call, wanted)),
    [Symbol.dispose]() {
      files.close();
      hosts.close();
    },
  };
}

/** A header with everything filled in that a test does not care about. */
export function header(call: LegacyCall, file: Partial<UpdateFileHeader> = {}): UpdateFileHeader {
  const usual = { package: EXTENSION, path: "lib/a.txt", modifiedMs: 1_700_000_000_123n };
  return { ...UpdateFileHeader.fromPartial(usual), ...file, ...call };
}

function folderOf({ kind, name }: FilePackage): string {
  return `${kind === PackageKind.PACKAGE_KIND_EXTENSION ? "extensions" : "hosts"}/${name}`;
}

function rawUpdate(files: FileServiceClient): RawUpdate {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {}); // a test that gives an update up does not look
  const call = files.updateFile((error: ServiceError | null) => (error ? reject(error) : resolve()));
  call.on("error", () => {}); // told to the callback too
  return {
    send: (part) => void call.write({ part }),
    end: () => void call.end(),
    cancel: () => call.cancel(),
    answer: promise,
  };
}

async function readRun(stream: ClientReadableStream<RunOperationResponse>): Promise<LegacyRun> {
  const output = { [HostStream.HOST_STREAM_STDOUT]: "", [HostStream.HOST_STREAM_STDERR]: "" } as Record<number, string>;
  let end: OperationEnd | undefined;
  for await (const { event } of stream as AsyncIterable<RunOperationResponse>) {
    if (end !== undefined) throw new Error("something follows the end");
    if (event?.$case === "output") output[event.value.stream] += Buffer.from(event.value.data).toString("latin1");
    else end = event?.value;
  }
  return { stdout: output[1]!, stderr: output[2]!, end };
}
