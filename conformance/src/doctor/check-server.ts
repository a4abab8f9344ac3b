import { type AttachedServer, probeUnknownStep } from "../attach/server-by-command.ts";
import type { ServerInstallation } from "../attach/target.ts";
import { startAgentPeer } from "../peers/agent-peer.ts";
import { startTranscript } from "../report/transcript.ts";
import { type Finding, good, reasonOf, trouble } from "./finding.ts";

const CONTRACT = "conformance/SERVER.md says what each step does";

/** A server: whether it can be driven, and whether it comes when it is told to. */
export async function* checkServer(server: AttachedServer): AsyncGenerator<Finding> {
  try {
    await probeUnknownStep(server);
    yield good("unknown step", "answered with exit code 2");
  } catch (error) {
    const remedy = `answer a step that is not known with exit code 2, so that 0 means something; ${CONTRACT}`;
    yield trouble("unknown step", reasonOf(error), remedy);
    return;
  }
  const transcript = startTranscript();
  const peer = await startAgentPeer({ transcript });
  try {
    const home = await server.install();
    for (const words of [
      ["settings", "set", "Server.Product", "Doctor"],
      ["settings", "set", "Server.ProductVersion", "1.0"],
      ["agents", "add", "doctor", peer.address, "--plaintext"],
      ["sync", "doctor"],
    ]) {
      const finding = await checkStep(home, words);
      yield finding;
      if (finding.state === "trouble") return;
    }
    const greeted = transcript.entries().some((entry) => entry.method === "Negotiate");
    if (greeted) yield good("greeting", "`sync` greeted the agent that the suite plays");
    else
      yield trouble(
        "greeting",
        "`sync` ended with 0, and no agent was greeted",
        "connect to the address of `agents add`",
      );
  } finally {
    await peer.close();
  }
}

async function checkStep(home: ServerInstallation, words: readonly string[]): Promise<Finding> {
  const check = words.slice(0, 3).join(" ");
  try {
    const { exitCode, stderr } = await home.step(...words);
    if (exitCode === 0) return good(check, "done");
    return trouble(check, `exit code ${exitCode}; its stderr: ${stderr.slice(-1000).trim() || "nothing"}`, CONTRACT);
  } catch (error) {
    return trouble(check, reasonOf(error), CONTRACT);
  }
}
