import { hash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { AcceptedManifest } from "@berth/agent/dist/sync/offered-manifest.js";
import type { AgentMutant } from "../mutant.ts";

/** Broken readings of a manifest. */
export const manifestMutants: readonly AgentMutant[] = [
  {
    id: "manifest-without-last-line-feed",
    clause: "SYNC-001",
    breaks: "It takes a manifest whose last line has no line feed.",
    part: "rules/manifest",
    mutate: ({ parseManifest }) => ({
      parseManifest: (bytes) => parseManifest(bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.from("\n")])),
    }),
  },
  {
    id: "manifest-with-byte-order-mark",
    clause: "SYNC-001",
    breaks: "It skips a byte order mark.",
    part: "rules/manifest",
    mutate: ({ parseManifest }) => ({
      parseManifest: (bytes) =>
        parseManifest(Buffer.from(bytes.subarray(0, 3)).toString("hex") === "efbbbf" ? bytes.subarray(3) : bytes),
    }),
  },
  {
    id: "packages-in-any-order",
    clause: "SYNC-001",
    breaks: "It takes packages in any order.",
    part: "rules/manifest-format",
    mutate: () => ({ comparePackages: () => 0 }),
  },
  {
    id: "files-in-utf-16-order",
    clause: "SYNC-001",
    breaks: "It orders paths by their UTF-16 code units.",
    part: "rules/utf8-order",
    mutate: () => ({ compareUtf8: (a, b) => (a < b ? -1 : Number(a > b)) }),
  },
  {
    id: "package-name-of-any-form",
    clause: "SYNC-001",
    breaks: "It takes a package name that begins or ends with any character.",
    part: "rules/package-name",
    mutate: ({ isPackageName }) => ({ isPackageName: (text) => isPackageName(`a${text}a`) }),
  },
  {
    id: "package-version-of-any-length",
    clause: "SYNC-001",
    breaks: "It looks at the first 64 characters of a package's version.",
    part: "rules/package-name",
    mutate: ({ isPackageVersion }) => ({ isPackageVersion: (text) => isPackageVersion(text.slice(0, 64)) }),
  },
  {
    id: "digest-in-upper-case",
    clause: "SYNC-001",
    breaks: "It takes a digest in upper case.",
    part: "rules/manifest-line",
    mutate: ({ parseManifestLine }) => ({
      parseManifestLine: (line) =>
        parseManifestLine(line.replace(/^(file|exec) ([0-9a-fA-F]{64}) /, (whole) => whole.toLowerCase())),
    }),
  },
  {
    id: "manifest-of-another-digest",
    clause: "SYNC-002",
    breaks: "It takes a manifest that does not have the offered digest.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        readonly #original: ConstructorParameters<typeof OfferedManifest>;
        readonly #parts: Uint8Array[];

        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          super(offer, limits);
          this.#original = [offer, limits];
          this.#parts = [offer.manifest];
        }

        override add(part: Uint8Array): void {
          super.add(part);
          this.#parts.push(part);
        }

        override accept(): AcceptedManifest {
          const [offer, limits] = this.#original;
          const manifest = Buffer.concat(this.#parts);
          const manifestDigest = hash("sha256", manifest, "buffer");
          return new OfferedManifest({ ...offer, manifest, manifestDigest }, limits).accept();
        }
      },
    }),
  },
  {
    id: "first-part-taken-for-all",
    clause: "SYNC-032",
    breaks: "It takes the part of the manifest that came with the offer for the whole.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        override get complete(): boolean {
          return true;
        }
      },
    }),
  },
  {
    id: "manifest-cut-to-its-size",
    clause: "SYNC-032",
    breaks: "It leaves out what a part has beyond the offered size.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        #left: number;

        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          const size = Number(offer.manifestSize);
          super({ ...offer, manifest: offer.manifest.subarray(0, size) }, limits);
          this.#left = Math.max(0, size - offer.manifest.length);
        }

        override add(part: Uint8Array): void {
          super.add(part.subarray(0, this.#left));
          this.#left -= Math.min(part.length, this.#left);
        }
      },
    }),
  },
  {
    id: "empty-parts-taken",
    clause: "SYNC-032",
    breaks: "It takes a part of the manifest without bytes.",
    hangs: true,
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        override add(part: Uint8Array): void {
          if (part.length > 0) super.add(part);
        }
      },
    }),
  },
  {
    id: "places-made-before-the-check",
    clause: "SYNC-018",
    breaks: "It makes the files of a manifest, empty, before it looks at their paths.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        readonly #text: string;

        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          super(offer, limits);
          this.#text = Buffer.from(offer.manifest).toString();
        }

        override accept(): AcceptedManifest {
          for (const [, named = ""] of this.#text.matchAll(/^(?:file|exec) \S+ \d+ (.*)$/gm)) {
            const place = path.join(process.env.BERTH_ROOT ?? "", "places", named);
            try {
              mkdirSync(path.dirname(place), { recursive: true });
              writeFileSync(place, "", { flag: "wx" }); // what is there is left alone
            } catch {
              // One that cannot be made shows nothing.
            }
          }
          return super.accept();
        }
      },
    }),
  },
  {
    id: "any-number-of-files",
    clause: "SYNC-033",
    breaks: "It takes a manifest of more files than the max_files it announces.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          super(offer, { ...limits, maxFiles: 0 });
        }
      },
    }),
  },
  {
    id: "quota-without-effect",
    clause: "SYNC-033",
    breaks: "It takes a manifest whose files are larger together than the quota.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          super(offer, { ...limits, instanceQuotaBytes: 0n });
        }
      },
    }),
  },
  {
    id: "manifest-of-any-size",
    clause: "HS-030",
    breaks: "It takes a manifest larger than the max_manifest_bytes it announces.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          super(offer, { ...limits, maxManifestBytes: 0n });
        }
      },
    }),
  },
];
