import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** @import { Server } from "./server.js" */

/** Says that it has begun, goes on until a file is there, and only then reads the version of greeting beside it. */
const SCRIPT = `echo ready; until [ -e "$RELEASE" ]; do sleep 0.05; done; cat "$BERTH_EXTENSIONS/greeting/extension.json"`;

/** An operation that has begun on the agent, and waits there until it is let go. */
export class HeldOperation {
  /** @param {Server} server */
  constructor(server) {
    this.release = join(server.home, `release-${server.agent.version}`);
    this.program = server.begin(
      ...["run", server.agent.name, "command::Shell"],
      ...[`script=${SCRIPT}`, `env=RELEASE=${this.release}`],
    );
  }

  /** Starts one, and waits until it runs on the agent. @param {Server} server */
  static async begin(server) {
    const operation = new HeldOperation(server);
    await operation.program.shows("ready\n");
    return operation;
  }

  get isRunning() {
    return this.program.child.exitCode === null && this.program.child.signalCode === null;
  }

  /** Lets it go, waits for its end, and gives the version of greeting that it then found. @returns {Promise<string>} */
  async letGo() {
    await writeFile(this.release, "");
    const output = await this.program.done();
    return JSON.parse(output.slice("ready\n".length)).version;
  }
}
