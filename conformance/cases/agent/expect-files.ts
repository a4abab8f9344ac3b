import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { expectThat } from "../../src/expect/equal.ts";
import type { Release } from "../../src/material/release.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";

const shownFiles = 5;

/**
 * Runs the suite's host, and expects it to find exactly the files that the release names for one extension, byte for byte: none that is
 * absent, none beyond, none with other bytes.
 */
export async function expectFiles(
  peer: ServerPeer,
  session: NegotiateResponse,
  release: Release,
  extension: string,
  clause = "SYNC-050",
): Promise<void> {
  const { stdout } = await peer.run(session, "checksums", [extension]);
  const found = stdout.split("\n").flatMap((line) => {
    const [, digest, path] = /^([0-9a-f]{64}) [ *]\.\/(.*)$/.exec(line) ?? [];
    return digest === undefined ? [] : [`${digest} ${path}`];
  });
  const named = filesNamed(release, extension);
  const absent = named.filter((file) => !found.includes(file));
  const beyond = found.filter((file) => !named.includes(file));
  expectThat(absent.length + beyond.length === 0, `absent: ${some(absent)} – beyond: ${some(beyond)}`, {
    code: "files-wrong",
    clause,
    what: `exactly the ${named.length} files of ${extension} with the bytes that the manifest names`,
  });
}

/** Digest and path of every file of an extension, as the manifest's own lines name them. */
function filesNamed({ manifest }: Release, extension: string): string[] {
  const files: string[] = [];
  let isInside = false;
  for (const line of Buffer.from(manifest).toString().split("\n")) {
    const [, digest, path] = /^(?:file|exec) ([0-9a-f]{64}) [0-9]+ (.*)$/.exec(line) ?? [];
    if (digest === undefined) isInside = line.startsWith(`extension ${extension} `);
    else if (isInside) files.push(`${digest} ${path}`);
  }
  return files;
}

function some(files: readonly string[]): string {
  if (files.length === 0) return "none";
  const rest = files.length > shownFiles ? ` and ${files.length - shownFiles} more` : "";
  return files.slice(0, shownFiles).join(", ") + rest;
}
