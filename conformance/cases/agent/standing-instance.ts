import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { AgentContext } from "../../src/case.ts";
import { isLegacy } from "../../src/dialect.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectState } from "../../src/expect/operation.ts";
import { type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";
import { legacyStanding } from "./legacy-standing.ts";
import type { StandingInstance, StandingOptions } from "./standing.ts";

export type { StandingInstance } from "./standing.ts";

/** A release whose host says which version it is, with one extension file. */
export function releaseNamed(version: string): Release {
  return releaseOf(shellHost(version), extensionOf("notes", { "version.txt": `notes of ${version}` }, version));
}

/** Makes an instance that holds one committed release, or in a legacy dialect a tree of the same files. */
export async function standingInstance(
  context: AgentContext,
  options: StandingOptions = {},
): Promise<StandingInstance> {
  const dialect = context.dialects.at(-1);
  if (dialect !== undefined && isLegacy(dialect)) return legacyStanding(context, dialect, options);
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

/** Runs an operation and expects it to come from the host of the named version, as `clause` asks where a case is about that. */
export async function expectVersion(
  peer: ServerPeer,
  session: NegotiateResponse,
  version: string,
  clause?: string,
): Promise<void> {
  const run = await peer.run(session, "version");
  expectState(run.status, OperationState.OPERATION_STATE_EXITED, clause ?? "OP-032");
  expectEqual(run.stdout, `${version}\n`, {
    code: "wrong-generation",
    clause: clause ?? "OP-002",
    what: "the version that the host says it is",
  });
}
