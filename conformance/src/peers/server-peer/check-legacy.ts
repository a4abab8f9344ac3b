import { type ListedFile, PackageKind } from "@berth/proto/messages/sync/v44/file";
import { HostEnd, type HostOutput, HostStream, type OperationEnd } from "@berth/proto/messages/sync/v44/host";
import { failed } from "../../expect/failed.ts";

/** Holds a list of a tree against what any such list has to be (LEG-020). */
export function checkListed(files: readonly ListedFile[]): void {
  const seen = new Set<string>();
  for (const { package: item, path } of files) {
    const name = JSON.stringify([item?.kind, item?.name, path]);
    const known = item?.kind === PackageKind.PACKAGE_KIND_EXTENSION || item?.kind === PackageKind.PACKAGE_KIND_HOST;
    check(known, "LEG-020", "a package of a kind for every file", name);
    check(item?.name !== "" && path !== "", "LEG-020", "a package and a path for every file", name);
    check(!seen.has(name), "LEG-020", "every file once", `${name} twice`);
    seen.add(name);
  }
}

/** Holds a run of output against what any has to be (LEG-042). */
export function checkHostOutput({ stream, data }: HostOutput): void {
  const known = stream === HostStream.HOST_STREAM_STDOUT || stream === HostStream.HOST_STREAM_STDERR;
  check(known, "LEG-042", "every run of output marked with its stream", `the stream ${stream}`);
  check(data.length > 0, "LEG-042", "at least one byte in every run of output", "none");
}

/** Holds an end against what any has to be (LEG-045). */
export function checkOperationEnd({ how, exitCode, reason }: OperationEnd): void {
  const exited = how === HostEnd.HOST_END_EXITED;
  check(how >= 1 && how <= 4, "LEG-045", "an end of the four", `the value ${how}`);
  check(exited || exitCode === 0, "LEG-045", "exit code zero for every end but EXITED", `${exitCode} for end ${how}`);
  check(exited || reason !== "", "LEG-045", "a reason in words for every end but EXITED", "none");
}

function check(holds: boolean, clause: string, expected: string, actual: string): void {
  if (!holds) throw failed({ code: "legacy-answer-wrong", clause, expected, actual });
}
