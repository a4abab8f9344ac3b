import type { NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentContext } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectState } from "../../src/expect/operation.ts";
import { type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import type { ServerPeer, ServerPeerOptions } from "../../src/peers/server-peer.ts";

/** An instance with a committed generation, from which a case does something to the agent. */
export interface StandingInstance {
  readonly peer: ServerPeer;
  readonly session: NegotiateResponse;
  readonly release: Release;
  /** Shows over a new connection that the agent serves, the generation is present and an operation runs from it (ERR-007, SYNC-051). */
  expectUnchanged(): Promise<void>;
}

/** Where and how the instance is made. */
export interface StandingOptions {
  readonly request?: Partial<NegotiateRequest>;
  readonly peer?: ServerPeerOptions;
}

/** A release whose host says which version it is, with one extension file. */
export function releaseNamed(version: string): Release {
  return releaseOf(shellHost(version), extensionOf("notes", { "version.txt": `notes of ${version}` }, version));
}

/** Makes an instance that holds one committed release. */
export async function standingInstance(
  context: AgentContext,
  options: StandingOptions = {},
): Promise<StandingInstance> {
  const version = "1.0.0-standing";
  const release = releaseNamed(version);
  const peer = await context.connect(options.peer);
  const session = await peer.session(options.request);
  await peer.sync(session, release);
  return {
    peer,
    session,
    release,
    async expectUnchanged() {
      const visitor = await context.connect(options.peer);
      const again = await visitor.session({ ...options.request, wantedManifestDigest: release.digest });
      expectEqual(again.generationPresent, true, {
        code: "generation-lost",
        clause: "SYNC-051",
        what: "generation_present of the generation that was there before",
      });
      await expectVersion(visitor, again, version);
    },
  };
}

/** Runs an operation and expects it to come from the host of the named version. */
export async function expectVersion(peer: ServerPeer, session: NegotiateResponse, version: string): Promise<void> {
  const run = await peer.run(session, "version");
  expectState(run.status, OperationState.OPERATION_STATE_EXITED, "OP-032");
  expectEqual(run.stdout, `${version}\n`, {
    code: "wrong-generation",
    clause: "OP-002",
    what: "the version that the host says it is",
  });
}
