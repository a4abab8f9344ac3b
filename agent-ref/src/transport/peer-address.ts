import { canonicalPeerAddress } from "@berth/proto/rules/peer-address";

/**
 * The canonical address in what grpc-js says of a peer: `address:port`, an IPv6 address without brackets (INST-015). Undefined when the
 * socket is gone already, so that there is no peer left to answer.
 */
export function peerAddressOf(peer: string): string | undefined {
  const colon = peer.lastIndexOf(":");
  return colon === -1 ? undefined : canonicalPeerAddress(peer.slice(0, colon));
}
