import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const BINS = {
  agent: fileURLToPath(import.meta.resolve("../agent-ref/bin/berth-agent.js")),
  server: fileURLToPath(import.meta.resolve("../server-ref/bin/berth-server.js")),
};

/** Every program that is running, so that none outlives the demo. @type {Set<Program>} */
const running = new Set();

/** One of the two command lines, started as an operator would start it. */
export class Program {
  /** What it has written to standard output so far. */
  output = "";

  /**
   * @param {keyof typeof BINS} name
   * @param {readonly string[]} words
   * @param {Readonly<Record<string, string>>} environment
   */
  constructor(name, words, environment = {}) {
    this.commandLine = `berth-${name} ${words.join(" ")}`;
    this.child = spawn(process.execPath, [BINS[name], ...words], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.errors = "";
    this.child.stdout.on("data", (part) => {
      this.output += part;
    });
    this.child.stderr.on("data", (part) => {
      this.errors += part;
    });
    this.ended = once(this.child, "close").then(([code]) => {
      running.delete(this);
      return code;
    });
    running.add(this);
  }

  /** Waits until it has written `text`; fails when it ends before. @param {string | RegExp} text */
  async shows(text) {
    const shown = () => (typeof text === "string" ? this.output.includes(text) : text.test(this.output));
    while (!shown()) {
      const more = once(this.child.stdout, "data").then(() => true);
      const goesOn = await Promise.race([more, this.ended.then(() => shown())]);
      if (!goesOn) throw this.failure(`ended without having written ${text}`);
    }
  }

  /** Waits for its end, and gives what it wrote to standard output; fails when its exit code is not 0. */
  async done() {
    const code = await this.ended;
    if (code !== 0) throw this.failure(`ended with ${code}`);
    return this.output.trimEnd();
  }

  /** Asks it to end, and waits until it has. */
  async stop() {
    this.child.kill("SIGTERM");
    await this.ended;
  }

  /** @param {string} what */
  failure(what) {
    return new Error(`${this.commandLine}\n  ${what}\n${this.output}${this.errors}`);
  }
}

/** Ends whatever still runs. */
export async function stopAll() {
  await Promise.all([...running].map((program) => program.stop()));
}
