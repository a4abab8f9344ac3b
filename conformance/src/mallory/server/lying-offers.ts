import type { Release } from "../../material/release.ts";
import { sha256 } from "../../material/sha256.ts";

/** SYNC-002: offers of a release whose digest is not that of the manifest, also where a generation of that digest is there. */
export function lyingOffers(release: Release, present: Release): Readonly<Record<string, Release>> {
  const { manifest } = release;
  return {
    "a digest of nothing known": { ...release, digest: sha256(Buffer.from("nothing")) },
    "the digest of the generation that is there": { ...release, digest: present.digest },
    "one changed byte": {
      ...release,
      manifest: Buffer.from(manifest).fill("z", manifest.length - 2, manifest.length - 1),
    },
  };
}
