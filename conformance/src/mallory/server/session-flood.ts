import type { ServerPeer } from "../../peers/server-peer.ts";

const ROUNDS = 8;
const AT_ONCE = 50;

/** HS-022, ERR-007: negotiates 400 sessions, 50 at once, and uses none of them. No other session may end for it. */
export async function floodWithSessions(peer: Pick<ServerPeer, "session">): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => peer.session()));
  }
}
