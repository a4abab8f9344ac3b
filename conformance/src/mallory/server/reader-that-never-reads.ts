import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { Forwarder } from "../../network/forwarder.ts";
import type { ServerPeer } from "../../peers/server-peer.ts";

const READS = 20;

/**
 * HS-034, OP-037: asks twenty times at once for all output of an operation and takes none of it: the network of the forwarder, through which
 * the peer is connected, lets no answer pass. Call it once the peer has a session.
 */
export function neverRead(
  forwarder: Forwarder,
  peer: ServerPeer,
  session: NegotiateResponse,
  operationId: string,
): void {
  forwarder.stall("fromTarget");
  for (let count = 0; count < READS; count += 1) peer.read(session, operationId).catch(() => undefined);
}
