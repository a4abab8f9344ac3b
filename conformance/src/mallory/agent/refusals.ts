import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentPeerOptions, PeerError, RefusedCall } from "../../peers/agent-peer/options.ts";

/** ERR-008, ERR-009: an agent that refuses a call with an error, every time or only the first times. */
export function agentThatRefuses(
  call: RefusedCall,
  error: PeerError,
  times = Number.POSITIVE_INFINITY,
): AgentPeerOptions {
  return { refusals: [{ call, error, times }] };
}

/** HS-026: an agent that has forgotten its sessions when it is first asked so: the call is refused with SESSION_UNKNOWN, once. */
export function agentThatForgetsSessions(call: RefusedCall): AgentPeerOptions {
  const code = ErrorCode.ERROR_CODE_SESSION_UNKNOWN;
  const error = { code, message: "The session has ended.", remedy: "Negotiate again.", clause: "HS-021" };
  return agentThatRefuses(call, error, 1);
}
