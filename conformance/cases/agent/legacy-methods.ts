import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { CallResult } from "../../src/peers/server-peer/call-result.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";
import { treeFile } from "./legacy-berth.ts";

/** Every method of the dialects 1 and 44, each as a call that is good but for what a case does to its session or InstanceId. */
export const legacyMethods: Readonly<
  Record<string, (peer: ServerPeer, session: NegotiateResponse, instanceId: string) => Promise<CallResult<unknown>>>
> = {
  ListFiles: (peer, session, instanceId) => peer.legacy.list(session, instanceId),
  UpdateFile: (peer, session, instanceId) =>
    peer.legacy.update(session, treeFile("probe", "file.txt", "probe"), { instanceId }),
  RunOperation: (peer, session, instanceId) => peer.legacy.run(session, { instanceId }),
};
