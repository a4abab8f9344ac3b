import { Isolation, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";

/** The name of the instance that an isolation leads to (INST-050). */
export function instanceName(request: NegotiateRequest, isolation: Isolation, peerAddress: string): string {
  return `p-${encoded(request.product)}/${ownPart(request, isolation, peerAddress)}`;
}

function ownPart({ instanceId, serverId }: NegotiateRequest, isolation: Isolation, peerAddress: string): string {
  switch (isolation) {
    case Isolation.ISOLATION_INSTANCE_ID:
      return `i-${encoded(instanceId.replaceAll(/^[ \t]+|[ \t]+$/g, ""))}`;
    case Isolation.ISOLATION_SERVER:
      return `s-${serverId.toLowerCase()}`;
    case Isolation.ISOLATION_ADDRESS:
      return `a-${encoded(peerAddress)}`;
    default:
      return "shared";
  }
}

function encoded(text: string): string {
  return text
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replaceAll(/[^a-z0-9-]/g, (character) => `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
