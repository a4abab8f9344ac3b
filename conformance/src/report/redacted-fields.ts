import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import descriptor from "protobufjs/ext/descriptor.js";

let names: ReadonlySet<string> | undefined;

/**
 * The lowerCamelCase names of all fields that the schema marks `debug_redact`, such as `sessionToken`.
 *
 * Taken from the schema, so that a secret added there is hidden here without anybody remembering it.
 */
export function redactedFields(): ReadonlySet<string> {
  names ??= readRedactedFields();
  return names;
}

interface DescribedMessage {
  readonly field?: readonly { readonly jsonName?: string; readonly options?: { readonly debugRedact?: boolean } }[];
}

function readRedactedFields(): ReadonlySet<string> {
  const path = fileURLToPath(import.meta.resolve("@berth/proto/descriptors/berth.binpb"));
  const { FileDescriptorSet } = descriptor;
  const schema = FileDescriptorSet.toObject(FileDescriptorSet.decode(readFileSync(path)));
  const files: readonly { readonly messageType?: readonly DescribedMessage[] }[] = schema.file;
  const fields = files.flatMap((file) => file.messageType ?? []).flatMap((message) => message.field ?? []);
  return new Set(fields.filter((field) => field.options?.debugRedact).flatMap((field) => field.jsonName ?? []));
}
