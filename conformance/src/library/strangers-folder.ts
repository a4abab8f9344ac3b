import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { packageFile } from "../package-file.ts";

/** A test as mocha reports it. */
interface ReportedTest {
  readonly fullTitle: string;
  readonly err: { readonly message?: string };
}

/** What mocha reported of one file. */
interface MochaReport extends Readonly<Record<"passes" | "failures" | "pending", readonly ReportedTest[]>> {
  readonly exitCode: number;
}

/** An empty folder beside which nothing of the project stands, with this package installed, for tests. */
export interface StrangersFolder {
  /** Writes a file, executable when asked for; gives its path. */
  write(name: string, content: string, mode?: number): string;
  /** Runs one file of tests with mocha, as a process of its own, in this folder. */
  mocha(file: string): Promise<MochaReport>;
  remove(): void;
}

/** Makes such a folder. */
export function makeStrangersFolder(): StrangersFolder {
  const folder = mkdtempSync(join(tmpdir(), "berth-stranger-"));
  const require = createRequire(import.meta.url);
  const bin = join(dirname(require.resolve("mocha/package.json")), "bin/mocha.js");
  mkdirSync(join(folder, "node_modules/@berth"), { recursive: true });
  symlinkSync(packageFile("."), join(folder, "node_modules/@berth/conformance"));
  symlinkSync(dirname(require.resolve("mocha/package.json")), join(folder, "node_modules/mocha"));

  return {
    write(name, content, mode = 0o644) {
      const path = join(folder, name);
      writeFileSync(path, content, { mode });
      return path;
    },
    async mocha(file) {
      const line = [bin, "--no-config", "--reporter", "json", file];
      const child = spawn(process.execPath, line, { cwd: folder });
      const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
      const [exitCode] = (await once(child, "close")) as [number];
      const out = await stdout;
      if (!out.includes("{")) throw new Error(`mocha reported nothing: ${await stderr}`);
      return { exitCode, ...JSON.parse(out.slice(out.indexOf("{"))) };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
