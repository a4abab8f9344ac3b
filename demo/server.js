import { fileURLToPath } from "node:url";
import { Program } from "./program.js";

/** @import { Agent } from "./agent.js" */
/** @import { GreetingVersion } from "./greetings.js" */
/** @typedef {{ instance: string, isolation: string, files: number, sentBytes: number, reusedBytes: number, warning: string }} SyncReport */

/** One installation of a server, in a home of its own. */
export class Server {
  /** The agent that it works with at present. @type {Agent} */
  agent;

  /** @param {{ name: string, home: string, source: string, greeting: GreetingVersion }} installation */
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

  /** Sets it up, with its version of greeting from a directory. @param {string} greetingDirectory */
  async setUp(greetingDirectory) {
    await this.step("settings", "set", "Server.Product", "BuildMaster");
    await this.step("settings", "set", "Server.ProductVersion", "6.2.0");
    // Without it, the address alone keeps the two apart on an agent of version 51, which is what is to be seen there.
    await this.step("settings", "set", "Server.Identity", "off");
    await this.add(greetingDirectory, "extension", "greeting", this.greeting);
    await this.add(packageDirectory("extensions/command"), "extension", "command", "1.0.0");
    await this.add(packageDirectory("host/node-host"), "host", "node-host", "1.0.0", "--entry", "bin/berth-host");
  }

  /** @param {string} directory @param {string} kind @param {string} name @param {string} version @param {readonly string[]} more */
  add(directory, kind, name, version, ...more) {
    return this.step("packages", "add", directory, "--kind", kind, "--name", name, "--version", version, ...more);
  }

  /** Works with this agent from now on. @param {Agent} agent */
  async meet(agent) {
    await this.step("agents", "add", agent.name, agent.address, "--plaintext", "--source", this.source);
    this.agent = agent;
  }

  /** Brings the agent to what this server has loaded. @returns {Promise<SyncReport>} */
  async sync() {
    const program = this.begin("sync", this.agent.name, "--json");
    const report = JSON.parse(await program.done());
    return { ...report, warning: program.errors.trim() };
  }

  /** What became of its latest sync or run. @returns {Promise<string>} */
  async latestOutcome() {
    const [{ outcome }] = JSON.parse(await this.step("history", "--json"));
    return outcome;
  }

  greet() {
    return this.step("run", this.agent.name, "greeting::Greet", `name=${this.name}`);
  }
}

/** @param {string} folder */
function packageDirectory(folder) {
  return fileURLToPath(import.meta.resolve(`../packages/${folder}`));
}
