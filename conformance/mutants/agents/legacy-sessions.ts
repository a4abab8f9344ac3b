import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { FileServiceService } from "@berth/proto/messages/sync/v44/file";
import type { AgentMutant } from "../mutant.ts";
import { changedSessions } from "./changed-sessions.ts";

/** Broken sessions of the dialects 1 and 44: what ends them, what does not, and which calls they are good for. */
export const legacySessionsMutants: readonly AgentMutant[] = [
  {
    id: "one-session-for-each-address",
    clause: "HS-022",
    breaks: "As version 46 it ends the session of an address when another greeting comes from there.",
    agentVersion: 46,
    ...resolving((token, latest) => (latest === undefined || token === latest ? token : "")),
  },
  {
    id: "call-without-a-token-served",
    clause: "HS-021",
    breaks: "As version 46 it takes a call without a token for one of the session that its address began last.",
    agentVersion: 46,
    ...resolving((token, latest) => token || (latest ?? "")),
  },
  {
    id: "sessions-kept-on-the-disk",
    clause: "HS-021",
    breaks: "As version 46 it keeps its sessions on the disk, and takes them up again after a restart.",
    agentVersion: 46,
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const file = join(process.env.BERTH_ROOT ?? ".", "sessions.json");
      const kept: Record<string, { session: unknown; peerAddress: string }> = existsSync(file)
        ? JSON.parse(readFileSync(file, "utf8"))
        : {};
      const unheard = { callBegins: () => () => {}, onEnd: () => {} };
      const tokens = new Map(
        Object.entries(kept).map(([token, session]) => [token, original.begin({ ...session, ...unheard } as never)]),
      );
      return {
        begin(init) {
          const token = original.begin(init);
          kept[token] = { session: init.session, peerAddress: init.peerAddress };
          writeFileSync(file, JSON.stringify(kept));
          return token;
        },
        resolve: (token, call) => original.resolve(tokens.get(token) ?? token, call),
      };
    }),
  },
  {
    id: "list-files-left-in-51",
    clause: "HS-021",
    breaks: "It still answers ListFiles of the older dialects, and does not look at the session there.",
    part: "automatic-services",
    mutate: ({ createAutomaticServices }) => ({
      createAutomaticServices(options) {
        const made = createAutomaticServices(options);
        const left = {
          definition: { listFiles: FileServiceService.listFiles },
          implementation: { listFiles: (call: Writable) => call.end() },
        };
        return { ...made, services: [...made.services, left] };
      },
    }),
  },
];

/** An agent that knows a session by what `choose` makes of a call's token and of the one that the call's address was given last. */
function resolving(
  choose: (token: string, latest: string | undefined) => string,
): Pick<Extract<AgentMutant, { part: "handshake/session-store" }>, "part" | "mutate"> {
  return {
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const latest = new Map<string, string>();
      return {
        begin(session) {
          const token = original.begin(session);
          latest.set(session.peerAddress, token);
          return token;
        },
        resolve: (token, call) => original.resolve(choose(token, latest.get(call.peerAddress)), call),
      };
    }),
  };
}
