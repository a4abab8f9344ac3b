import { messageTypes } from "../../future/message-types.ts";
import { withUnknownFields } from "../../future/with-unknown-fields.ts";
import type { PeerState } from "./peer-state.ts";
import { keepingLength } from "./received.ts";

interface Method {
  readonly path: string;
  requestDeserialize(bytes: Buffer): unknown;
}

/**
 * A method as an agent of the suite's serves it: requests keep their serialized length, and the answers of one that speaks of the future
 * hold fields nobody knows (HS-005).
 */
export function servedMethod<Served extends Method>(state: PeerState, method: Served): Served {
  const served = { ...method, requestDeserialize: keepingLength(method.requestDeserialize) };
  const type = messageTypes().get(method.path)?.response;
  if (!state.options.speaksOfTheFuture || type === undefined) return served;
  const { responseSerialize } = method as unknown as { responseSerialize(response: unknown): Buffer };
  return { ...served, responseSerialize: (response: unknown) => withUnknownFields(type, responseSerialize(response)) };
}
