import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { runSuiteProcess } from "./suite-process.ts";

/** What a person waits at most for the word that something is wrong with a target, on a busy machine. */
const PROMPT_MS = 60_000;

/** Programs that are no agents; each is started by the suite. */
const AGENTS = {
  "dies at once": {
    program: `console.error("no such setting"); process.exit(7)`,
    says: /exit code 7[\s\S]*no such setting/,
  },
  "prints rubbish and dies": {
    program: `console.log("\\x00\\xff{{{")`,
    says: /did not start: it ended with exit code 0/,
  },
  "writes no ready file": {
    program: "setInterval(() => {}, 1000)",
    says: /did not write .*ready\.json within [\d.]+ s; .*BERTH_READY_FILE.*--start-timeout/,
    options: ["--start-timeout", "1"],
  },
  "writes a ready file that is no JSON": {
    program: ready(`"127.0.0.1:1"`, "127.0.0.1:1"),
    says: /ready file that cannot be read: it is not JSON\. .* holds "127\.0\.0\.1:1", where \{"address": "127\.0\.0\.1:PORT"\} belongs/,
  },
  "writes a ready file without an address": {
    program: ready(`{"port": 1}`),
    says: /ready file that cannot be read: it has no "address" of the form HOST:PORT/,
  },
  "says it is ready and does not listen": {
    program: ready(`{"address": "127.0.0.1:1"}`),
    says: /the agent at 127\.0\.0\.1:1 does not answer: nothing can be reached there: .*ECONNREFUSED/,
  },
} as const satisfies Record<string, { program: string; says: RegExp; options?: readonly string[] }>;

function ready(content: string, raw?: string): string {
  const written = raw === undefined ? content : raw;
  return `require("node:fs").writeFileSync(process.env.BERTH_READY_FILE, ${JSON.stringify(written)}); setInterval(() => {}, 1000)`;
}

/** Things that listen and are no agents: what they do with a connection, and what the suite calls them. */
const LISTENERS: Readonly<Record<string, { serve(socket: Socket): void; says: RegExp }>> = {
  "speaks HTTP/1": {
    serve: (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    says: /it speaks HTTP\/1, where gRPC needs HTTP\/2/,
  },
  "is an SSH server": {
    serve: (socket) => void socket.write("SSH-2.0-OpenSSH_9.6\r\n"),
    says: /it is an SSH server \(SSH-2\.0-OpenSSH_9\.6\)/,
  },
  "speaks TLS": {
    serve: (socket) => void socket.once("data", () => socket.end(Buffer.from("15030300020232", "hex"))),
    says: /it speaks TLS, and the suite speaks plaintext/,
  },
  "closes every connection": {
    serve: (socket) => void socket.end(),
    says: /it closes every connection without a word/,
  },
  "says nothing": { serve: () => undefined, says: /it takes the connection and says nothing/ },
  "speaks something else": {
    serve: (socket) => void socket.write("220 mail.example ESMTP ready\r\n"),
    says: /it speaks no HTTP\/2: it says "220 mail\.example/,
  },
};

describe("a bad target is told in words, with exit code 5,", function () {
  this.timeout(90_000);
  let folder: string;
  let listener: Server | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-bad-"));
  });
  afterEach(() => {
    listener?.close();
    listener = undefined;
    rmSync(folder, { recursive: true });
  });

  async function expectUnreachable(words: readonly string[], says: RegExp) {
    const end = await runSuiteProcess(folder, words);
    assert.match(end.stderr, says);
    assert.doesNotMatch(end.stderr, /\n +at /, "a stack is of no use to whoever reads this");
    assert.equal(end.exitCode, 5, end.stdout);
    assert.match(end.stdout, /^0 passed, 0 failed/m);
    assert.ok(end.tookMs < PROMPT_MS, `it took ${end.tookMs} ms`);
    return end;
  }

  for (const [what, { program, says, ...more }] of Object.entries(AGENTS)) {
    it(`when an agent ${what}`, async () => {
      const options = "options" in more ? more.options : [];
      await expectUnreachable(["agent", ...options, "--", process.execPath, "-e", program], says);
    });
  }

  it("when an agent's command is not there", async () => {
    await expectUnreachable(["agent", "--", "/nowhere/berth-agent"], /\/nowhere\/berth-agent[\s\S]*ENOENT/);
  });

  for (const [what, { serve, says }] of Object.entries(LISTENERS)) {
    it(`when what listens ${what}`, async () => {
      const sockets: Socket[] = [];
      listener = createServer((socket) => {
        sockets.push(socket.on("error", () => undefined));
        serve(socket);
      });
      listener.listen(0, "127.0.0.1");
      await once(listener, "listening");
      const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
      await expectUnreachable(["agent", "--address", address], says);
      for (const socket of sockets) socket.destroy();
    });
  }

  it("when nothing listens", async () => {
    await expectUnreachable(["agent", "--address", "127.0.0.1:1"], /127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/);
  });

  it("while it says what it waits for", async () => {
    const program = "setInterval(() => {}, 1000)";
    const words = ["agent", "--start-timeout", "3", "--", process.execPath, "-e", program];
    const end = await expectUnreachable(words, /^waiting for the agent to write its ready file, at most .* s/m);
    assert.equal(end.stderr.match(/waiting for/g)?.length, 1);
  });

  const drivers = {
    "prints rubbish": { program: `console.log("hello, I am no driver")`, says: /no DriverResponse/ },
    dies: { program: `console.error("out of ideas"); process.exit(3)`, says: /has ended \(3\)[\s\S]*out of ideas/ },
    // step_id 1, end {exit_code 0}.
    "takes any step for good": {
      program: `process.stdin.once("data", () => process.stdout.write(Buffer.from("000000040801" + "1a00", "hex")));
        process.stdin.on("end", () => process.exit())`,
      says: /answered the unknown step .* with exit code 0, where the contract asks for exit code 2/,
    },
  };
  for (const [what, { program, says }] of Object.entries(drivers)) {
    it(`when a driver ${what}`, async () => {
      await expectUnreachable(["server", "--driver", "--", process.execPath, "-e", program], says);
    });
  }

  it("when a server takes any step for good", async () => {
    await expectUnreachable(["server", "--", process.execPath, "-e", "0"], /where the contract asks for exit code 2/);
  });

  it("when a server's command is not there", async () => {
    await expectUnreachable(["server", "--", "/nowhere/berth-server"], /cannot be started: .*ENOENT/);
  });
});

describe("a bad command line is told in words, with exit code 2,", function () {
  this.timeout(90_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-usage-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lines: Readonly<Record<string, readonly [words: readonly string[], says: RegExp]>> = {
    "without a command": [["agent"], /there is no command: write -- COMMAND/],
    "with an option nobody knows": [["agent", "--no-such-option"], /no-such-option/],
    "with shard 0 of 4": [["agent", "--shard", "0/4", "--", "false"], /write i\/n with i from 1 to n/],
    "with shard 5 of 4": [["agent", "--shard", "5/4", "--", "false"], /write i\/n with i from 1 to n/],
    "with a shard of words": [["agent", "--shard", "first", "--", "false"], /write i\/n with i from 1 to n/],
    "with a level that there is not": [
      ["agent", "--level", "flies", "--", "false"],
      /there is no level "flies"; there are answers, negotiates, syncs, runs, survives/,
    ],
    "with an address without a port": [["agent", "--address", "localhost"], /"localhost" is not HOST:PORT/],
    "with no time to start": [["agent", "--start-timeout", "0", "--", "false"], /a number above 0/],
    "with a seed of words": [
      ["agent", "--seed", "luck", "--", "false"],
      /the seed "luck" is not of hexadecimal digits/,
    ],
    "with a package that is none": [["agent", "--package", ".", "--", "false"], /is no unpacked npm package/],
    "with a package for mutants that is none": [["mutants", "--package", "."], /is no unpacked npm package/],
    "with a report where none can be": [
      ["agent", "--json", "taken/results.json", "--", "false"],
      /taken\/results\.json cannot be written: .*taken/,
    ],
  };
  for (const [what, [words, says]] of Object.entries(lines)) {
    it(what, async () => {
      writeFileSync(join(folder, "taken"), "");
      const end = await runSuiteProcess(folder, words);
      assert.match(end.stderr, says);
      assert.doesNotMatch(end.stderr, /\n +at /);
      assert.equal(end.exitCode, 2);
    });
  }
});
