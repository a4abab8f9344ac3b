import { messageTypes } from "../../future/message-types.ts";
import { withUnknownFields } from "../../future/with-unknown-fields.ts";
import type { PeerState } from "./peer-state.ts";
import { keepingLength } from "./received.ts";

interface Method {
  readonly path: string;
  requestDeserialize(bytes: Buffer): unknown;
}

/**
 * A method as an agent of the suite's serves it: requests keep their serialized length, an answer that cannot be serialized is a fault of
 * the suite, and the answers of one that speaks of the future hold fields nobody knows (HS-005).
 */
export function servedMethod<Served extends Method>(state: PeerState, method: Served): Served {
  const type = state.options.speaksOfTheFuture ? messageTypes().get(method.path)?.response : undefined;
  const { responseSerialize } = method as unknown as { responseSerialize(response: unknown): Buffer };
  return {
    ...method,
    requestDeserialize: keepingLength(method.requestDeserialize),
    responseSerialize(response: unknown): Buffer {
      try {
        const bytes = responseSerialize(response);
        return type === undefined ? bytes : withUnknownFields(type, bytes);
      } catch (error) {
        // The library turns this into a status for the server, which is not to blame for it.
        state.fault(error);
        throw error;
      }
    },
  };
}
