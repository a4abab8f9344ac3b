import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { afterEach, beforeEach, describe, it } from "mocha";
import { generationAt, readToEnd, start, TestingPlace } from "./testing-place.test.ts";

const packages = fileURLToPath(new URL("../../../packages", import.meta.url));
const hostProgram = join(packages, "host", "node-host", "bin", "berth-host");

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the host and extensions in packages", () => {
  let root: string;
  let extensions: string;
  let work: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "berth-host-"));
    extensions = join(root, "extensions");
    work = join(root, "work");
    await mkdir(work);
    for (const name of ["command", "files", "machine-facts"]) await add(name);
    await add("greeting-1.0.0", "greeting");
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function add(source: string, name = source): Promise<void> {
    await cp(join(packages, "extensions", source), join(extensions, name), { recursive: true });
  }

  async function declare(name: string, declaration: string): Promise<void> {
    await mkdir(join(extensions, name), { recursive: true });
    await writeFile(join(extensions, name, "extension.json"), declaration);
  }

  function host(...words: string[]): Promise<Ran> {
    const env = { PATH: process.env.PATH, BERTH_EXTENSIONS: extensions, BERTH_WORK: work };
    return new Promise((resolve) => {
      execFile(hostProgram, words, { cwd: work, env }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  describe("the host", () => {
    it("runs an operation by its full name and by its bare one", async () => {
      for (const name of ["greeting::Greet", "Greet"]) {
        assert.deepEqual(await host(name, "name=Ada"), {
          exitCode: 0,
          stdout: "Hello, Ada, from greeting 1.0.0\n",
          stderr: "",
        });
      }
    });

    it("runs the version it was given", async () => {
      await rm(join(extensions, "greeting"), { recursive: true });
      await add("greeting-2.0.0", "greeting");
      assert.equal((await host("Greet")).stdout, "Good day, world, from greeting 2.0.0\n");
    });

    it("answers 127 to a name it does not know, and lists those it knows", async () => {
      for (const name of ["Nothing", "greeting::", "files::Greet", "__proto__"]) {
        const { exitCode, stdout, stderr } = await host(name);
        assert.deepEqual([exitCode, stdout], [127, ""]);
        assert.match(stderr, /no operation .*\n {2}command::Run\n.*greeting::Greet/s);
      }
    });

    it("answers 127 to a bare name that two extensions have, and names both", async () => {
      await cp(join(extensions, "greeting"), join(extensions, "second"), { recursive: true });
      const declaration = await readFile(join(extensions, "second", "extension.json"), "utf8");
      await declare("second", declaration.replace('"greeting"', '"second"'));
      const { exitCode, stderr } = await host("Greet");
      assert.equal(exitCode, 127);
      assert.match(stderr, /greeting::Greet, second::Greet/);
      assert.equal((await host("second::Greet")).exitCode, 0);
    });

    it("lists the operations, and shows the usage of one", async () => {
      const { stdout, exitCode } = await host("list");
      assert.equal(exitCode, 0);
      assert.match(stdout, /^files::Copy +Copies a file or a tree \(1\.0\.0\)$/m);
      const help = await host("help", "Copy");
      assert.match(help.stdout, /^usage: files::Copy from=… to=… \[existing=…\]$/m);
      assert.equal((await host("help", "Nothing")).exitCode, 127);
      assert.equal((await host()).exitCode, 2);
    });

    for (const [what, words, message] of [
      ["is no pair", ["Greet", "Ada"], /"Ada" is not of the form key=value/],
      ["is unknown", ["Greet", "nmae=Ada"], /no argument "nmae".*usage: greeting::Greet \[name=…\]/s],
      ["is given twice", ["Greet", "name=a", "name=b"], /"name" is given twice/],
      ["is missing", ["Copy", "from=a"], /"to" is missing/],
      ["is none of its choices", ["Copy", "from=a", "to=b", "existing=x"], /one of replace, keep, refuse, not "x"/],
      ["stands behind -- for nothing", ["Greet", "--", "x"], /takes nothing after --/],
      ["is missing behind --", ["command::Run"], /PROGRAM \[ARGUMENT …\] is missing after --/],
    ] as const) {
      it(`refuses an argument that ${what}, with the usage`, async () => {
        const { exitCode, stderr, stdout } = await host(...words);
        assert.deepEqual([exitCode, stdout], [2, ""]);
        assert.match(stderr, message);
        assert.match(stderr, /usage: /);
      });
    }

    for (const [what, declaration, why] of [
      ["has no declaration", undefined, /cannot be read \(ENOENT\)/],
      ["has a declaration that is no JSON", "{", /is no JSON/],
      ["has no version", '{"name":"broken"}', /no version/],
      ["has a module outside of it", broken('{"module":"../files/copy.mjs"}'), /outside the extension/],
      ["has a module that is missing", broken('{"module":"none.mjs"}'), /no module none\.mjs/],
      ["has the name of another", '{"name":"files","version":"1","operations":{}}', /same name, "files"/],
    ] as const) {
      it(`names an extension that ${what}, and runs the others`, async () => {
        if (declaration === undefined) await mkdir(join(extensions, "zz-broken"));
        else await declare("zz-broken", declaration);
        const { exitCode, stdout, stderr } = await host("Greet");
        assert.deepEqual([exitCode, stdout], [0, "Hello, world, from greeting 1.0.0\n"]);
        assert.match(stderr, /"zz-broken" is broken/);
        assert.match(stderr, why);
      });
    }

    it("reports an operation whose module cannot be loaded, or runs into an error", async () => {
      await declare("bad", '{"name":"bad","version":"1","operations":{"A":{"module":"a.mjs"},"B":{"module":"b.mjs"}}}');
      await writeFile(join(extensions, "bad", "a.mjs"), "export const other = 1;");
      await writeFile(
        join(extensions, "bad", "b.mjs"),
        'export function run() { setInterval(() => {}, 1000); throw new Error("why"); }',
      );
      assert.deepEqual(await host("A"), {
        exitCode: 1,
        stdout: "",
        stderr: "berth-host: bad::A: a.mjs exports no function named run\n",
      });
      assert.deepEqual(await host("B"), { exitCode: 1, stdout: "", stderr: "berth-host: bad::B: why\n" });
    });
  });

  describe("the extension command", () => {
    it("passes on output, exit code, directory and environment", async () => {
      await mkdir(join(work, "sub"));
      const ran = await host(
        "command::Run",
        "directory=sub",
        "env=A=1=2",
        "--",
        "sh",
        "-c",
        'pwd; echo "$A"; echo no >&2; exit 42',
      );
      assert.deepEqual(ran, { exitCode: 42, stdout: `${join(work, "sub")}\n1=2\n`, stderr: "no\n" });
    });

    it("runs a script by the shell, and tells a signal by 128 and its number", async () => {
      assert.equal((await host("Shell", "script=echo a | tr a b")).stdout, "b\n");
      assert.equal((await host("Shell", "script=kill -9 $$")).exitCode, 137);
    });

    it("refuses what it cannot run in clear words", async () => {
      assert.match(
        (await host("command::Run", "--", "no-such-program")).stderr,
        /no-such-program cannot be run: it does not exist/,
      );
      assert.match((await host("Shell", "script=x", "directory=none")).stderr, /there is no directory .*none/);
      assert.match((await host("Shell", "script=x", "env=novalue")).stderr, /takes NAME=value/);
    });
  });

  describe("the extension files", () => {
    it("copies a tree and treats existing files as it is told", async () => {
      await mkdir(join(work, "a", "b"), { recursive: true });
      await writeFile(join(work, "a", "b", "x"), "new");
      await writeFile(join(work, "a", "y"), "new");
      assert.equal((await host("Copy", "from=a", "to=c")).stdout, "copied 2 files to c\n");
      await writeFile(join(work, "c", "y"), "old");
      await host("Copy", "from=a", "to=c", "existing=keep");
      assert.equal(await readFile(join(work, "c", "y"), "utf8"), "old");
      assert.match((await host("Copy", "from=a", "to=c", "existing=refuse")).stderr, /c is there already/);
      await host("Copy", "from=a", "to=c");
      assert.equal(await readFile(join(work, "c", "y"), "utf8"), "new");
    });

    it("refuses to copy what is missing, or a tree into itself", async () => {
      await mkdir(join(work, "a"));
      assert.match((await host("Copy", "from=none", "to=b")).stderr, /none cannot be read: it does not exist/);
      assert.match((await host("Copy", "from=a", "to=a/b")).stderr, /lies in a itself/);
      assert.deepEqual(await readdir(join(work, "a")), []);
    });

    it("replaces a text as it stands, everywhere, and refuses when it is not there", async () => {
      await writeFile(join(work, "t"), "a.b $& a.b axb");
      assert.equal((await host("Replace", "file=t", "search=a.b", "replace=$&=")).stdout, "replaced 2 places in t\n");
      assert.equal(await readFile(join(work, "t"), "utf8"), "$&= $& $&= axb");
      assert.match((await host("Replace", "file=t", "search=none", "replace=")).stderr, /does not hold "none"/);
      await writeFile(join(work, "binary"), Buffer.from([0xff, 0xfe, 0x61]));
      assert.match((await host("Replace", "file=binary", "search=a", "replace=b")).stderr, /no text in UTF-8/);
    });

    it("fills in a template, and names what is missing or superfluous", async () => {
      await writeFile(join(work, "t"), "{{A}}-{{B}}-{{A}} {{ no }}");
      const made = await host("Template", "template=t", "to=out", "set=A=$1", "set=B=x=y");
      assert.equal(made.exitCode, 0);
      assert.equal(await readFile(join(work, "out"), "utf8"), "$1-x=y-$1 {{ no }}");
      assert.match((await host("Template", "template=t", "to=out2", "set=A=1")).stderr, /needs a value for B/);
      const superfluous = await host("Template", "template=t", "to=out2", "set=A=1", "set=B=1", "set=C=1");
      assert.match(superfluous.stderr, /no place for C/);
      assert.ok(!(await readdir(work)).includes("out2"));
    });

    it("lists checksums in the order of the paths", async () => {
      await mkdir(join(work, "a", "b"), { recursive: true });
      await writeFile(join(work, "a", "b", "x"), "1");
      await writeFile(join(work, "a", "c"), "2");
      const sum = (text: string) => createHash("sha256").update(text).digest("hex");
      assert.equal((await host("Checksums", "path=a")).stdout, `${sum("1")}  b/x\n${sum("2")}  c\n`);
      assert.equal((await host("Checksums", "path=a/c")).stdout, `${sum("2")}  c\n`);
    });
  });

  it("tells facts about the machine as JSON and as text", async () => {
    const facts = JSON.parse((await host("Collect", "format=json")).stdout);
    assert.equal(facts.os.platform, process.platform);
    assert.ok(facts.memory.totalBytes > 0 && facts.disk.totalBytes > 0 && facts.cpu.count > 0);
    assert.match((await host("Collect")).stdout, new RegExp(`^os\\.platform: ${process.platform}$`, "m"));
  });

  it("runs as operations of an agent", async () => {
    const place = await TestingPlace.make();
    try {
      const operations = await place.open();
      const generation = generationAt(root, hostProgram);
      const greeted = await operations.start(start(generation, { name: "Greet", arguments: ["name=agent"] }));
      assert.equal(Buffer.from(greeted.output[0]!.data).toString(), "Hello, agent, from greeting 1.0.0\n");
      const failed = start(generation, { name: "command::Run", arguments: ["--", "sh", "-c", "pwd >&2; exit 9"] });
      const { status } = await operations.start(failed);
      assert.deepEqual([status.state, status.exitCode], [OperationState.OPERATION_STATE_EXITED, 9]);
      const { stderr } = await readToEnd(operations, failed.operationId);
      assert.equal(stderr.toString(), `${join(place.workDirectory, failed.operationId)}\n`);
      assert.equal((await operations.start(start(generation, { name: "Nothing" }))).status.exitCode, 127);
    } finally {
      await place.remove();
    }
  });
});

function broken(operation: string): string {
  return `{"name":"broken","version":"1","operations":{"Break":${operation}}}`;
}
