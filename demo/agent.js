import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, say, show } from "./narration.js";
import { Program } from "./program.js";

/** An agent that serves, and its disk as an operator of that machine sees it. */
export class Agent {
  /** @param {number} version @param {string} root @param {Program} program @param {string} address */
  constructor(version, root, program, address) {
    this.version = version;
    this.name = `build-machine-${version}`;
    this.root = root;
    this.program = program;
    this.address = address;
  }

  /** Starts one of a version, below a directory for all of them. @param {number} version @param {string} directory */
  static async start(version, directory) {
    say(`An agent of version ${version} starts on a free port, with an empty directory to keep things in.`);
    const root = join(directory, `agent-${version}`);
    const words = ["--root", root, "--listen", "127.0.0.1:0", "--agent-version", String(version), "--json"];
    const program = new Program("agent", ["run", ...words]);
    await program.shows("\n");
    const { address, agentVersion } = JSON.parse(program.output.split("\n", 1)[0]);
    show(`agent version ${agentVersion} at ${address}`);
    expect(agentVersion === version, `it is an agent of version ${version}`, agentVersion);
    return new Agent(version, root, program, address);
  }

  /** Shows which instances of BuildMaster its disk holds, and verifies that they are these. @param {readonly string[]} expected */
  async expectInstances(...expected) {
    const found = (await readdir(join(this.root, "instances", "p-buildmaster"))).sort();
    show(found.map((name) => `instances/p-buildmaster/${name}`).join("\n"));
    const claim = expected.length === 1 ? "there is this one and no other" : "there are these two and no other";
    expect(found.join() === expected.join(), claim, found);
  }

  /**
   * The version of greeting in the tree of an instance: only before version 49 does an instance have one tree.
   *
   * @param {string} instance as a sync reports it, such as `p-buildmaster/shared`
   * @returns {Promise<string>}
   */
  async greetingIn(instance) {
    const file = join(this.root, "instances", instance, "tree", "extensions", "greeting", "extension.json");
    return JSON.parse(await readFile(file, "utf8")).version;
  }

  /** Stops it, and verifies that it ends well. */
  async stop() {
    say("The agent is told to stop.");
    await this.program.stop();
    expect(this.program.child.exitCode === 0, "it has ended well", this.program.child.exitCode);
  }
}
