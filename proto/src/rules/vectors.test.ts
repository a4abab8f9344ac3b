import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dialectsOf, treatedAsVersion } from "./agent-version.ts";
import { chooseDialect } from "./dialect.ts";
import { formatDigest, sha256 } from "./digest.ts";
import { commonFeatures, parseFeature } from "./feature.ts";
import { parseInstanceId } from "./instance-id.ts";
import { chooseInstance, encodeName } from "./instance-name.ts";
import { chooseLegacyInstance, type LegacyClaim } from "./legacy-instance.ts";
import { countFiles, distinctContents, formatManifest, type Package, parseManifest, sumFileBytes } from "./manifest.ts";
import { checkPath } from "./path.ts";
import { createPathSet } from "./path-set.ts";
import { canonicalPeerAddress } from "./peer-address.ts";
import { foldProduct, parseProduct } from "./product.ts";
import { compareProductVersions, minimumVersionForInstancing, parseProductVersion } from "./product-version.ts";

/** One entry of a vector file; proto/vectors/README.md describes it. */
interface Entry {
  name: string;
  clause: string;
  rule?: string;
  input: Record<string, unknown>;
  expected: unknown;
}

/** How one rule of a file is run: the names of its inputs in order, and what the rule answers in the words of the file. */
interface Runner {
  inputs: string[][];
  run(input: unknown): unknown;
}

/** States the input that a runner reads; its names are checked before it runs. */
function runner<Input>({ inputs, run }: { inputs: string[][]; run(input: Input): unknown }): Runner {
  return { inputs, run: (input) => run(input as Input) };
}

const VECTORS = new URL("../../vectors/", import.meta.url);
const ENTRY_KEYS = ["clause", "expected", "input", "name"];
const tested = new Set<string>();

/** Runs every entry of a file. Runners are keyed by the entry's `rule`, or by "" where a file has one rule and does not name it. */
function testVectors(file: string, runners: Record<string, Runner>): void {
  tested.add(file);
  describe(`vectors/${file}`, () => {
    const entries: Entry[] = JSON.parse(readFileSync(new URL(file, VECTORS), "utf8"));

    it("has entries for every rule, each under a name of its own", () => {
      assert.deepEqual(new Set(entries.map(({ rule }) => rule ?? "")), new Set(Object.keys(runners)));
      assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
    });

    for (const entry of entries) {
      it(`${entry.clause}: ${entry.name}`, () => {
        assert.match(entry.clause, /^[A-Z]+-[0-9]{3}$/);
        const { rule = "" } = entry;
        assert.deepEqual(Object.keys(entry).sort(), rule === "" ? ENTRY_KEYS : [...ENTRY_KEYS, "rule"]);
        const known = runners[rule];
        assert.ok(known, `no rule "${rule}"`);
        const inputs = Object.keys(entry.input).join();
        assert.ok(
          known.inputs.some((names) => names.join() === inputs),
          `unknown inputs ${inputs}`,
        );
        assert.deepEqual(known.run(entry.input), entry.expected);
      });
    }
  });
}

const REFUSED = { refused: true };

testVectors("product.json", {
  parse: runner({
    inputs: [["text"]],
    run({ text }: { text: string }) {
      const parsed = parseProduct(text);
      return parsed.ok ? { accepted: parsed.product } : REFUSED;
    },
  }),
  compare: runner({
    inputs: [["a", "b"]],
    run: ({ a, b }: { a: string; b: string }) => ({ equal: foldProduct(a) === foldProduct(b) }),
  }),
});

testVectors("version.json", {
  parse: runner({
    inputs: [["text"]],
    run({ text }: { text: string }) {
      const parsed = parseProductVersion(text);
      return parsed.ok ? { accepted: parsed.version } : REFUSED;
    },
  }),
  compare: runner({
    inputs: [["a", "b"]],
    run: ({ a, b }: { a: string; b: string }) => ({ order: Math.sign(compareProductVersions(a, b)) }),
  }),
  minimum: runner({
    inputs: [["product"]],
    run: ({ product }: { product: string }) => ({ minimum: minimumVersionForInstancing(product) ?? null }),
  }),
});

testVectors("instance-id.json", {
  "": runner({
    inputs: [["text"]],
    run({ text }: { text: string }) {
      const parsed = parseInstanceId(text);
      return parsed.ok ? { instance_id: parsed.instanceId ?? null } : REFUSED;
    },
  }),
});

testVectors("address.json", {
  "": runner({
    inputs: [["address"]],
    run: ({ address }: { address: string }) => ({ canonical: canonicalPeerAddress(address) ?? null }),
  }),
});

interface ChooseInput {
  product: string;
  product_version: string;
  instance_id: string | null;
  server_id: string | null;
  server_identity: boolean;
  peer_address: string;
}

testVectors("instance-name.json", {
  encode: runner({ inputs: [["text"]], run: ({ text }: { text: string }) => ({ encoded: encodeName(text) }) }),
  choose: runner({
    inputs: [["product", "product_version", "instance_id", "server_id", "server_identity", "peer_address"]],
    run(input: ChooseInput) {
      const choice = chooseInstance({
        product: input.product,
        productVersion: input.product_version,
        instanceId: input.instance_id ?? undefined,
        serverId: input.server_id ?? undefined,
        serverIdentity: input.server_identity,
        peerAddress: input.peer_address,
      });
      return choice.kind === "instance"
        ? { isolation: choice.isolation, instance_name: choice.name }
        : { error: choice.code, minimum_version: choice.minimumVersion };
    },
  }),
});

testVectors("agent-version.json", {
  dialects: runner({
    inputs: [["agent_version"]],
    run: ({ agent_version }: { agent_version: number }) => ({ dialects: dialectsOf(agent_version) }),
  }),
  treated_as: runner({
    inputs: [["agent_version"]],
    run: ({ agent_version }: { agent_version: number }) => ({ treated_as: treatedAsVersion(agent_version) }),
  }),
});

interface LegacyInput {
  agent_version: number;
  dialect: LegacyClaim["dialect"];
  call: LegacyClaim["call"];
  product: string;
  product_version: string;
  instance_id: string;
}

testVectors("legacy-instance.json", {
  "": runner({
    inputs: [["agent_version", "dialect", "call", "product", "product_version", "instance_id"]],
    run(input: LegacyInput) {
      const choice = chooseLegacyInstance({
        agentVersion: input.agent_version,
        dialect: input.dialect,
        call: input.call,
        product: input.product,
        productVersion: input.product_version,
        instanceId: input.instance_id,
      });
      if (choice.kind === "instance") return { isolation: choice.isolation, instance_name: choice.name };
      return choice.code === "INSTANCING_UNSUPPORTED"
        ? { error: choice.code, minimum_version: choice.minimumVersion }
        : { error: choice.code };
    },
  }),
});

const DIALECT_ERRORS = {
  malformed: "MALFORMED_REQUEST",
  "server-too-old": "SERVER_TOO_OLD",
  "agent-too-old": "AGENT_TOO_OLD",
};

testVectors("dialect.json", {
  "": runner({
    inputs: [["server", "agent"]],
    run({ server, agent }: { server: { lowest: number; highest: number } | null; agent: number[] }) {
      const choice = chooseDialect(server ?? undefined, agent);
      return choice.kind === "chosen" ? { dialect: choice.dialect } : { error: DIALECT_ERRORS[choice.kind] };
    },
  }),
});

testVectors("feature.json", {
  parse: runner({
    inputs: [["text"]],
    run: ({ text }: { text: string }) => ({ feature: parseFeature(text) ?? null }),
  }),
  common: runner({
    inputs: [["server", "agent"]],
    run: ({ server, agent }: { server: string[]; agent: string[] }) => ({ features: commonFeatures(server, agent) }),
  }),
});

function checkPackage(paths: string[]) {
  const set = createPathSet();
  for (const path of paths) {
    const fault = checkPath(path) ?? set.add(path);
    if (fault) return { refused: fault.clause };
  }
  return { accepted: true };
}

testVectors("path.json", {
  "": runner({
    inputs: [["paths"]],
    run({ paths }: { paths: string[] }) {
      const inOrder = checkPackage(paths);
      assert.deepEqual(checkPackage(paths.toReversed()), inOrder, "the order of the paths changes the answer");
      return inOrder;
    },
  }),
});

interface WrittenPackage {
  kind: "extension" | "host";
  name: string;
  version: string;
  entry?: string;
  files: { path: string; sha256: string; bytes: number; executable: boolean }[];
}

function toPackage({ kind, name, version, entry = "", files }: WrittenPackage): Package {
  const read = files.map((file) => ({
    path: file.path,
    digest: file.sha256,
    sizeBytes: file.bytes,
    executable: file.executable,
  }));
  return kind === "host" ? { kind, name, version, entry, files: read } : { kind, name, version, files: read };
}

function fromLines(lines: string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}

testVectors("manifest.json", {
  parse: runner({
    inputs: [["lines"], ["text"], ["hex"]],
    run({ lines, text, hex }: { lines?: string[]; text?: string; hex?: string }) {
      const bytes = lines ? fromLines(lines) : text === undefined ? Buffer.from(hex!, "hex") : Buffer.from(text);
      const parsed = parseManifest(bytes);
      if (!parsed.ok) {
        assert.notEqual(parsed.message, "");
        return parsed.code === "PATH_REFUSED"
          ? { error: parsed.code, line: parsed.line, clause: parsed.clause }
          : { error: parsed.code, line: parsed.line };
      }
      assert.deepEqual(Buffer.from(formatManifest(parsed.manifest)), bytes);
      return {
        sha256: formatDigest(sha256(bytes)),
        files: countFiles(parsed.manifest),
        bytes: sumFileBytes(parsed.manifest).toString(),
        contents: distinctContents(parsed.manifest).map(({ digest, sizeBytes }) => ({
          sha256: digest,
          bytes: sizeBytes,
        })),
      };
    },
  }),
  format: runner({
    inputs: [["packages"]],
    run: ({ packages }: { packages: WrittenPackage[] }) => ({
      lines: Buffer.from(formatManifest({ packages: packages.map(toPackage) }))
        .toString()
        .split("\n")
        .slice(0, -1),
    }),
  }),
});

describe("the vectors", () => {
  it("are all tested", () => {
    assert.deepEqual(new Set(readdirSync(VECTORS).filter((file) => file !== "README.md")), tested);
  });
});
