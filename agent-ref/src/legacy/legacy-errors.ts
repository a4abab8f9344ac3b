import type { PathFault } from "@berth/proto/rules/path";
import { quoted } from "@berth/proto/rules/quoted";
import { BerthError } from "../errors/berth-error.ts";

export function unexpectedPart(message: string): BerthError {
  return new BerthError({
    code: "UNEXPECTED_MESSAGE",
    message,
    remedy: "Send one header, then exactly the announced bytes of content, and nothing else.",
    clause: "LEG-025",
  });
}

export function packageRefused(field: "package.kind" | "package.name", message: string): BerthError {
  return new BerthError({
    code: "MALFORMED_REQUEST",
    message,
    remedy: "Name the package as a manifest would, and say whether it is an extension or a host.",
    clause: "LEG-024",
    details: { field },
  });
}

export function modificationTimeRefused(): BerthError {
  return new BerthError({
    code: "MALFORMED_REQUEST",
    message: "The modification time is before 1970, or later than the agent's file system takes.",
    remedy: "Send the time in milliseconds since 1970-01-01T00:00:00Z.",
    clause: "LEG-031",
    details: { field: "modified_ms" },
  });
}

export function pathRefused(fault: PathFault): BerthError {
  return new BerthError({
    code: "PATH_REFUSED",
    message: fault.message,
    remedy: "Rename the file in the package.",
    clause: "LEG-023",
    details: { rule: fault.rule },
  });
}

export function placeTaken(path: string): BerthError {
  const message = `The path ${quoted(path)} is a folder of the tree, or lies below a file of it.`;
  return pathRefused({ rule: "collision", clause: "LEG-023", message });
}

export function contentTooLong(maximumBytes: number): BerthError {
  return new BerthError({
    code: "LIMIT_EXCEEDED",
    message: `A message has more than ${maximumBytes} bytes of content.`,
    remedy: "Send the content in smaller pieces.",
    clause: "HS-030",
    details: { limit: "max_data_bytes", maximum: String(maximumBytes) },
  });
}

export function updateIdle(idleMs: bigint): BerthError {
  return new BerthError({
    code: "SYNC_IDLE",
    message: `Nothing was sent for ${idleMs} ms.`,
    remedy: "Send the file again.",
    clause: "LEG-028",
  });
}

export function noHostInTree(): BerthError {
  return new BerthError({
    code: "NO_HOST",
    message: "The host is not in the tree of this instance, or its entry is no executable file of it.",
    remedy: "Update the files of the host and run the operation again.",
    clause: "LEG-041",
  });
}
