import type { SessionStore } from "@berth/agent/dist/handshake/session-store.js";
import type { AgentParts } from "../agent-parts.ts";

type Part = AgentParts["handshake/session-store"];
type Store = SessionStore<unknown>;
type Limits = Parameters<Part["createSessionStore"]>[0];

/** A replacement of the sessions in which something of every store is changed; `change` gets the methods of the original. */
export function changedSessions(
  change: (original: Store, limits: Limits, createSessionStore: Part["createSessionStore"]) => Partial<Store>,
): (original: Part) => Partial<Part> {
  return ({ createSessionStore }) => ({
    createSessionStore: ((limits: Limits): Store => {
      const store: Store = createSessionStore(limits);
      const original: Store = {
        begin: (session) => store.begin(session),
        resolve: (token, call) => store.resolve(token, call),
        requireRoom: (peerAddress) => store.requireRoom(peerAddress),
        close: () => store.close(),
      };
      return { ...original, ...change(original, limits, createSessionStore) };
    }) as Part["createSessionStore"],
  });
}
