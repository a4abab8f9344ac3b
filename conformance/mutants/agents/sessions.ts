import type { AgentMutant } from "../mutant.ts";
import { changedSessions } from "./changed-sessions.ts";

/** Broken sessions: their tokens, and when they end. */
export const sessionsMutants: readonly AgentMutant[] = [
  {
    id: "tokens-counted",
    clause: "HS-020",
    breaks: "It counts its session tokens.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const tokens = new Map<string, string>();
      return {
        begin(session) {
          const token = String(tokens.size + 1).padStart(32, "0");
          tokens.set(token, original.begin(session));
          return token;
        },
        resolve: (token, call) => original.resolve(tokens.get(token) ?? "", call),
      };
    }),
  },
  {
    id: "token-given-again",
    clause: "HS-020",
    breaks: "It gives a server that greets again from the same address the token it has.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const given = new Map<string, string>();
      return {
        begin(session) {
          const token = given.get(session.peerAddress) ?? original.begin(session);
          given.set(session.peerAddress, token);
          return token;
        },
      };
    }),
  },
  {
    id: "token-from-anywhere",
    clause: "HS-021",
    breaks: "It takes a token from any address.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const addresses = new Map<string, string>();
      return {
        begin(session) {
          const token = original.begin(session);
          addresses.set(token, session.peerAddress);
          return token;
        },
        resolve: (token, call) =>
          original.resolve(token, { ...call, peerAddress: addresses.get(token) ?? call.peerAddress }),
      };
    }),
  },
  {
    id: "token-by-its-beginning",
    clause: "HS-021",
    breaks: "It compares the first 16 characters of a token.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const tokens = new Map<string, string>();
      return {
        begin(session) {
          const token = original.begin(session);
          tokens.set(token.slice(0, 16), token);
          return token;
        },
        resolve: (token, call) => original.resolve(tokens.get(token.slice(0, 16)) ?? token, call),
      };
    }),
  },
  {
    id: "session-ended-at-half-its-time",
    clause: "HS-022",
    breaks: "It ends a session when half of session_idle_ms have passed without a call.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore: (limits) => createSessionStore({ ...limits, sessionIdleMs: limits.sessionIdleMs / 2n }),
    }),
  },
  {
    id: "calls-under-way-do-not-count",
    clause: "HS-022",
    breaks: "It counts the time of a call that is under way as idle.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      return {
        resolve: (token, call) => original.resolve(token, { ...call, onEnd: (listener) => listener() }),
      };
    }),
  },
  {
    id: "token-in-the-error",
    clause: "ERR-010",
    breaks: "It quotes the token it does not know.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      return {
        resolve(token, call) {
          try {
            return original.resolve(token, call);
          } catch (error) {
            throw error instanceof Error ? Object.assign(error, { message: `${error.message} (${token})` }) : error;
          }
        },
      };
    }),
  },
  {
    id: "sessions-without-bound",
    clause: "HS-035",
    breaks: "It announces max_sessions and gives an address as many sessions as it asks for.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore: (limits) => createSessionStore({ ...limits, maxSessions: 0 }),
    }),
  },
  {
    id: "sessions-bounded-for-all-addresses",
    clause: "HS-035",
    breaks: "It counts the sessions of all addresses together.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>({ ...limits, maxSessions: 0 });
        const everywhere = createSessionStore<never>(limits);
        return {
          requireRoom: () => everywhere.requireRoom("0.0.0.0"),
          begin(session) {
            everywhere.begin({ ...session, peerAddress: "0.0.0.0" } as never);
            return store.begin(session as never);
          },
          resolve: (token, call) => store.resolve(token, call),
          close() {
            store.close();
            everywhere.close();
          },
        };
      },
    }),
  },
];
