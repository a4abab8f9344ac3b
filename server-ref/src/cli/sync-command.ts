import type { Command } from "commander";
import { syncInterrupted } from "../errors/agent-failures.ts";
import { readServerIdentity } from "../handshake/server-identity.ts";
import { findAgent } from "../home/agents.ts";
import { syncAgent } from "../sync/sync-agent.ts";
import { readWantedManifest } from "../sync/wanted-manifest.ts";
import { frame, type Options, runInFrame } from "./command-frame.ts";
import { interruptible } from "./interruption.ts";
import { type IsolationOptions, isolationOption } from "./isolation-option.ts";
import { showingProgress } from "./progress.ts";
import { formatSize } from "./size.ts";

/** `sync AGENT`. */
export function addSyncCommand(program: Command): void {
  frame(
    program.command("sync <agent>").description("bring an agent to the loaded packages").addOption(isolationOption()),
    ["sync web-1", "sync web-1 --require-isolation", "sync web-1 --json"],
  ).action((name: string, options: Options<IsolationOptions>) =>
    runInFrame(options, async ({ home, output }) => {
      const agent = findAgent(home, name);
      const identity = readServerIdentity(home);
      const wanted = readWantedManifest(home);
      const requiresIsolation = options.requireIsolation === true;
      const done = await interruptible({ failure: syncInterrupted(), say: output.say }, (signal) =>
        showingProgress(`Syncing ${name}`, (report) =>
          syncAgent(agent, { home, identity, wanted, requiresIsolation, signal, report, warn: output.warn }),
        ),
      );
      output.answer(done, [
        `${name} (agent version ${done.agentVersion}, dialect ${done.dialect}) has ${done.files} files in the instance ${done.instance}, isolation ${done.isolation}.`,
        `Sent ${formatSize(done.sentBytes)} (${formatSize(done.payloadBytes)} on the wire), reused ${formatSize(done.reusedBytes)}, in ${done.seconds} s.`,
      ]);
    }),
  );
}
