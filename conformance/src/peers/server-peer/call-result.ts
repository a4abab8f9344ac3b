import type { Error as WireError } from "@berth/proto/messages/handshake/v1/handshake";
import type { status } from "@grpc/grpc-js";

/** A call the agent ended with a status other than OK. */
export interface Refusal {
  readonly status: status;
  /** The status message, which a library can have written. */
  readonly text: string;
  /** What the trailer `berth-error-bin` held; undefined when there was none. */
  readonly error: WireError | undefined;
}

/** How a call ended. A connection that broke off is a refusal with the status UNAVAILABLE and no error. */
export type CallResult<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "refused"; readonly refusal: Refusal };
