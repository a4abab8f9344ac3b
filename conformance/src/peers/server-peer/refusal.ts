import { Error as WireError } from "@berth/proto/messages/handshake/v1/handshake";
import type { StatusObject } from "@grpc/grpc-js";
import { failed } from "../../expect/failed.ts";
import type { Refusal } from "./call-result.ts";

/** The trailer that carries the error (ERR-001). */
const trailer = "berth-error-bin";

/** Reads the end of a call that was not OK; a trailer that is not exactly one valid error is the agent's failure (ERR-001). */
export function refusalFrom(end: StatusObject): Refusal {
  const values = end.metadata.get(trailer);
  if (values.length > 1) {
    throw failed({
      code: "error-trailer-repeated",
      clause: "ERR-001",
      expected: `one trailer ${trailer}`,
      actual: `${values.length} of them`,
    });
  }
  return { status: end.code, text: end.details, error: values.length === 0 ? undefined : decode(values[0]!) };
}

function decode(value: string | Buffer): WireError {
  try {
    return WireError.decode(Buffer.from(value));
  } catch (error) {
    throw failed({
      code: "error-trailer-unreadable",
      clause: "ERR-001",
      expected: `a serialized berth.handshake.v1.Error in ${trailer}`,
      actual: `bytes that do not decode: ${String(error)}`,
    });
  }
}
