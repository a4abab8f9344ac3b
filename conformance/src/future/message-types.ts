import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

/** The types of what goes out and back in one method. */
export interface MessageTypes {
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
}

let types: ReadonlyMap<string, MessageTypes> | undefined;

/** The types of every method of our own schema, by the method's path, such as `/berth.sync.v49.SyncService/Sync`. */
export function messageTypes(): ReadonlyMap<string, MessageTypes> {
  types ??= readMessageTypes();
  return types;
}

function readMessageTypes(): ReadonlyMap<string, MessageTypes> {
  const path = fileURLToPath(import.meta.resolve("@berth/proto/descriptors/berth.binpb"));
  const schema = descriptor.FileDescriptorSet.decode(readFileSync(path));
  const root = (protobuf.Root as unknown as { fromDescriptor(set: unknown): protobuf.Root }).fromDescriptor(schema);
  root.resolveAll();
  return new Map(
    servicesIn(root).flatMap((service) =>
      service.methodsArray.map((method) => {
        method.resolve();
        const { resolvedRequestType: request, resolvedResponseType: response } = method;
        if (request === null || response === null) throw new Error(`the schema lacks messages of ${method.fullName}`);
        return [`/${service.fullName.slice(1)}/${method.name}`, { request, response }] as const;
      }),
    ),
  );
}

function servicesIn(namespace: protobuf.NamespaceBase): protobuf.Service[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Service) return [nested];
    return nested instanceof protobuf.Namespace ? servicesIn(nested) : [];
  });
}
