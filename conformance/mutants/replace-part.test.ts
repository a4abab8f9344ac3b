import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";

describe("replacePart", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-part-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const usedFile = () => join(folder, "used");

  /** In a process of its own, because what is replaced stays replaced. */
  async function run(mutate: string, then: string) {
    const script = `
      import { replacePart } from ${JSON.stringify(new URL("./replace-part.js", import.meta.url).href)};
      const usedFile = ${JSON.stringify(usedFile())};
      await replacePart({ part: "rules/ascii", reference: "@berth/agent", mutate: ${mutate}, usedFile });
      const { parseProduct, foldProduct } = await import("@berth/proto/rules/product");
      ${then}`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { cwd: import.meta.dirname });
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    const [exitCode] = (await once(child, "close")) as [number];
    return { exitCode, stdout: (await stdout).trim(), stderr: await stderr };
  }

  const shouts = "({ foldAscii }) => ({ foldAscii: (text) => foldAscii(text) + '!' })";

  it("gives those who import the part the replaced export, and all others as they were", async () => {
    const { stdout } = await run(shouts, "console.log(foldProduct('A'), parseProduct('é').ok, parseProduct('e').ok)");
    assert.equal(stdout, "a! false true");
  });

  it("tells whether what was replaced was ever used", async () => {
    await run(shouts, "parseProduct('e')");
    assert.ok(!existsSync(usedFile()));
    await run(shouts, "foldProduct('e')");
    assert.ok(existsSync(usedFile()));
  });

  it("refuses to replace nothing, and what the part does not export", async () => {
    const nothing = await run("() => ({})", "");
    assert.deepEqual([nothing.exitCode, /nothing of rules\/ascii is replaced/.test(nothing.stderr)], [1, true]);
    const foreign = await run("() => ({ foldUnicode: String })", "");
    assert.deepEqual([foreign.exitCode, /rules\/ascii exports no foldUnicode/.test(foreign.stderr)], [1, true]);
  });
});

describe("the program of a mutant", () => {
  it("exits with 2 for a mutant that there is not", async () => {
    for (const end of ["agent", "server"]) {
      const program = join(import.meta.dirname, `run-${end}.js`);
      const child = spawn(process.execPath, [program, "no-such-mutant", "/nonexistent/used", "run"]);
      const stderr = text(child.stderr);
      const [exitCode] = (await once(child, "close")) as [number];
      assert.deepEqual([exitCode, /there is no mutant "no-such-mutant"/.test(await stderr)], [2, true]);
    }
  });
});
