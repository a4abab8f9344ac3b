import { createHash } from "node:crypto";
import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type Manifest = ReturnType<ServerParts["sync/wanted-manifest"]["readWantedManifest"]>;

/** Broken manifests: their form, their order and their digest. */
export const manifestMutants: readonly ServerMutant[] = [
  {
    id: "manifest-without-its-last-line-end",
    clause: "SYNC-003",
    breaks: "It does not end the last line of a manifest.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) => rewritten(readWantedManifest(home), (text) => text.replace(/\n$/, "")),
    }),
  },
  {
    id: "manifest-with-crlf",
    clause: "SYNC-003",
    breaks: "It ends the lines of a manifest with CR and LF.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) => rewritten(readWantedManifest(home), (text) => text.replaceAll("\n", "\r\n")),
    }),
  },
  {
    id: "digests-in-upper-case",
    clause: "SYNC-003",
    breaks: "It writes the digests of a manifest in upper case.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) =>
        rewritten(readWantedManifest(home), (text) => text.replace(/(?<= )[0-9a-f]{64}/g, (hex) => hex.toUpperCase())),
    }),
  },
  {
    id: "host-before-extensions",
    clause: "SYNC-003",
    breaks: "It names the host before the extensions.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) =>
        rewritten(readWantedManifest(home), (text) => text.replace(/^(.*?\n)(extension .*\n)(host .*)$/s, "$1$3$2")),
    }),
  },
  {
    id: "paths-in-utf-16-order",
    clause: "SYNC-003",
    breaks: "It puts paths in the order of their UTF-16 units.",
    part: "rules/utf8-order",
    mutate: () => ({ compareUtf8: (a, b) => (a < b ? -1 : Number(a > b)) }),
  },
  {
    id: "names-in-order-without-case",
    clause: "SYNC-003",
    breaks: "It puts names and paths in an order that knows no case.",
    part: "rules/utf8-order",
    mutate: ({ compareUtf8 }) => ({
      compareUtf8: (a, b) => compareUtf8(a.toLowerCase(), b.toLowerCase()) || compareUtf8(a, b),
    }),
  },
  {
    id: "digest-of-something-else",
    clause: "SYNC-003",
    breaks: "It offers the SHA-256 of the manifest without its first line.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => ({
      readWantedManifest: (home) => {
        const wanted = readWantedManifest(home);
        return { ...wanted, digest: sha256(wanted.bytes.subarray(wanted.bytes.indexOf(10) + 1)) };
      },
    }),
  },
];

/** The manifest with other bytes, and the SHA-256 of these. */
function rewritten(wanted: Manifest, rewrite: (text: string) => string): Manifest {
  const bytes = Buffer.from(rewrite(Buffer.from(wanted.bytes).toString()));
  const digest = sha256(bytes);
  return { ...wanted, bytes, digest, digestText: digest.toString("hex") };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
