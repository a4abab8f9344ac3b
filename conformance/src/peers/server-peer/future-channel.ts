import { messageTypes } from "../../future/message-types.ts";
import { withUnknownFields } from "../../future/with-unknown-fields.ts";
import { HarnessError } from "../../runner/failure.ts";
import type { RawChannel } from "./raw-channel.ts";

/** A channel whose requests are those of a later version of the schema. */
export function futureChannel(channel: RawChannel): RawChannel {
  return {
    unary: (path, request, metadata, patienceMs) =>
      channel.unary(path, ofTheFuture(path, request), metadata, patienceMs),
    bidi(path) {
      const call = channel.bidi(path);
      const write = call.write.bind(call);
      call.write = (bytes: Buffer, ...rest: unknown[]) =>
        (write as (...words: unknown[]) => boolean)(ofTheFuture(path, bytes), ...rest);
      return call;
    },
    close: () => channel.close(),
  };
}

function ofTheFuture(path: string, bytes: Buffer): Buffer {
  const type = messageTypes().get(path)?.request;
  if (type === undefined) throw new HarnessError(`the schema has no method ${path}`);
  return withUnknownFields(type, bytes);
}
