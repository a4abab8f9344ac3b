import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";

/** Writes and reads one message type; every generated message is one. */
interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** Stands for a request that is not valid Protobuf, so that the call and not the library answers it (HS-003). */
export const undecodable = Symbol("undecodable");

/** For each method of a service, the codecs of its request and its response. */
type Codecs<Service> = {
  readonly [Method in keyof Service]: Service[Method] extends MethodDefinition<infer Request, infer Response>
    ? readonly [Codec<Request>, Codec<Response>]
    : never;
};

/**
 * The generated definition with two things changed: a response goes out as a view of the encoder's bytes, which the generated code would
 * copy once more, and a request that cannot be decoded arrives as {@link undecodable}.
 */
export function defineService<Service extends ServiceDefinition>(generated: Service, codecs: Codecs<Service>): Service {
  const methods = Object.entries(generated).map(([name, method]) => {
    const [request, response] = codecs[name as keyof Service] as readonly [Codec<unknown>, Codec<unknown>];
    return [
      name,
      {
        ...method,
        requestDeserialize: (bytes: Buffer) => decodeOr(request, bytes),
        responseSerialize: (message: unknown) => viewOf(response.encode(message).finish()),
      },
    ];
  });
  return Object.fromEntries(methods) as Service;
}

function decodeOr(codec: Codec<unknown>, bytes: Buffer): unknown {
  try {
    return codec.decode(bytes);
  } catch {
    return undecodable;
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
