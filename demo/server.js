import { fileURLToPath } from "node:url";
import { Program } from "./program.js";

const AGENT = "build-machine";

/** One installation of a server, in a home of its own. */
export class Server {
  /** @param {{ name: string, home: string, source: string, greeting: string }} installation */
  constructor({ name, home, source, greeting }) {
    this.name = name;
    this.home = home;
    this.source = source;
    this.greeting = greeting;
  }

  /** Starts a step of it. @param {readonly string[]} words */
  begin(...words) {
    return new Program("server", words, { BERTH_HOME: this.home });
  }

  /** Runs a step and gives what it wrote. @param {readonly string[]} words */
  step(...words) {
    return this.begin(...words).done();
  }

  /** Sets it up for an agent. @param {string} agentAddress */
  async setUp(agentAddress) {
    await this.step("settings", "set", "Server.Product", "BuildMaster");
    await this.step("settings", "set", "Server.ProductVersion", "6.2.0");
    // Without it, the address alone keeps the two apart, which is what is to be seen here.
    await this.step("settings", "set", "Server.Identity", "off");
    await this.add("extension", "greeting", this.greeting, `extensions/greeting-${this.greeting}`);
    await this.add("extension", "command", "1.0.0", "extensions/command");
    await this.add("host", "node-host", "1.0.0", "host/node-host", "--entry", "bin/berth-host");
    await this.step("agents", "add", AGENT, agentAddress, "--plaintext", "--source", this.source);
  }

  /** @param {string} kind @param {string} name @param {string} version @param {string} folder @param {readonly string[]} more */
  add(kind, name, version, folder, ...more) {
    const directory = fileURLToPath(import.meta.resolve(`../packages/${folder}`));
    return this.step("packages", "add", directory, "--kind", kind, "--name", name, "--version", version, ...more);
  }

  /** Brings the agent to what this server has loaded. @returns {Promise<{ instance: string, files: number, sentBytes: number }>} */
  async sync() {
    return JSON.parse(await this.step("sync", AGENT, "--json"));
  }

  /** @returns {Promise<{ action: string, outcome: string }[]>} newest first */
  async history() {
    return JSON.parse(await this.step("history", "--json"));
  }

  greet() {
    return this.step("run", AGENT, "greeting::Greet", `name=${this.name}`);
  }

  /**
   * Begins an operation that says `ready`, goes on until the file `release` is there, and then reads the version of
   * greeting beside it.
   *
   * @param {string} release
   */
  hold(release) {
    const script = `echo ready; until [ -e "$RELEASE" ]; do sleep 0.05; done; grep '"version"' "$BERTH_EXTENSIONS/greeting/extension.json"`;
    return this.begin("run", AGENT, "command::Shell", `script=${script}`, `env=RELEASE=${release}`);
  }
}
