import { randomUUID } from "node:crypto";
import {
  HandshakeServiceClient,
  type NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { credentials, Metadata } from "@grpc/grpc-js";

/** The highest dialect this suite speaks. */
const HIGHEST_DIALECT = 49;

/** The answer of an agent to a good greeting, or why there was none. */
export type ProbeAnswer =
  | { readonly kind: "answered"; readonly response: NegotiateResponse }
  | { readonly kind: "failed"; readonly reason: string };

/** What the probe says it is, so that every probe of a run gets the same instance and no case's. */
const SERVER_ID = randomUUID();

/** Greets an agent as a good server does, on a connection of its own, offering every feature named. */
export async function probeNegotiate(
  address: string,
  features: readonly string[],
  withinMs: number,
): Promise<ProbeAnswer> {
  const client = new HandshakeServiceClient(address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_http_proxy": 0, // what is judged is on this machine, whatever proxy leads out of it
  });
  try {
    return await new Promise<ProbeAnswer>((resolve) => {
      client.negotiate(
        probeRequest(features),
        new Metadata(),
        { deadline: Date.now() + withinMs },
        (error, response) => {
          resolve(error ? { kind: "failed", reason: error.message } : { kind: "answered", response });
        },
      );
    });
  } finally {
    client.close();
  }
}

/** The greeting of the probe. */
export function probeRequest(features: readonly string[]): NegotiateRequest {
  return {
    product: "Conformance Probe",
    productVersion: "1.0",
    serverId: SERVER_ID,
    instanceId: "",
    dialects: { lowest: 1, highest: HIGHEST_DIALECT },
    features: [...features],
    wantedManifestDigest: new Uint8Array(),
  };
}
