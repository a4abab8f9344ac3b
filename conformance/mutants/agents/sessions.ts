import type { AgentMutant } from "../mutant.ts";

/** Broken sessions: their tokens, and when they end. */
export const sessionsMutants: readonly AgentMutant[] = [
  {
    id: "tokens-counted",
    clause: "HS-020",
    breaks: "It counts its session tokens.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>(limits);
        const tokens = new Map<string, string>();
        return {
          begin(session) {
            const token = String(tokens.size + 1).padStart(32, "0");
            tokens.set(token, store.begin(session as never));
            return token;
          },
          resolve: (token, call) => store.resolve(tokens.get(token) ?? "", call),
          requireRoom: (peerAddress) => store.requireRoom(peerAddress),
          close: () => store.close(),
        };
      },
    }),
  },
  {
    id: "token-given-again",
    clause: "HS-020",
    breaks: "It gives a server that greets again from the same address the token it has.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>(limits);
        const given = new Map<string, string>();
        return {
          begin(session) {
            const token = given.get(session.peerAddress) ?? store.begin(session as never);
            given.set(session.peerAddress, token);
            return token;
          },
          resolve: (token, call) => store.resolve(token, call),
          requireRoom: (peerAddress) => store.requireRoom(peerAddress),
          close: () => store.close(),
        };
      },
    }),
  },
  {
    id: "token-from-anywhere",
    clause: "HS-021",
    breaks: "It takes a token from any address.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>(limits);
        const addresses = new Map<string, string>();
        return {
          begin(session) {
            const token = store.begin(session as never);
            addresses.set(token, session.peerAddress);
            return token;
          },
          resolve: (token, call) =>
            store.resolve(token, { ...call, peerAddress: addresses.get(token) ?? call.peerAddress }),
          requireRoom: (peerAddress) => store.requireRoom(peerAddress),
          close: () => store.close(),
        };
      },
    }),
  },
  {
    id: "token-by-its-beginning",
    clause: "HS-021",
    breaks: "It compares the first 16 characters of a token.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>(limits);
        const tokens = new Map<string, string>();
        return {
          begin(session) {
            const token = store.begin(session as never);
            tokens.set(token.slice(0, 16), token);
            return token;
          },
          resolve: (token, call) => store.resolve(tokens.get(token.slice(0, 16)) ?? token, call),
          requireRoom: (peerAddress) => store.requireRoom(peerAddress),
          close: () => store.close(),
        };
      },
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
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>(limits);
        return {
          begin: (session) => store.begin(session as never),
          resolve: (token, call) => store.resolve(token, { ...call, onEnd: (listener) => listener() }),
          requireRoom: (peerAddress) => store.requireRoom(peerAddress),
          close: () => store.close(),
        };
      },
    }),
  },
  {
    id: "token-in-the-error",
    clause: "ERR-010",
    breaks: "It quotes the token it does not know.",
    part: "handshake/session-store",
    mutate: ({ createSessionStore }) => ({
      createSessionStore(limits) {
        const store = createSessionStore<never>(limits);
        return {
          begin: (session) => store.begin(session as never),
          resolve(token, call) {
            try {
              return store.resolve(token, call);
            } catch (error) {
              throw error instanceof Error ? Object.assign(error, { message: `${error.message} (${token})` }) : error;
            }
          },
          requireRoom: (peerAddress) => store.requireRoom(peerAddress),
          close: () => store.close(),
        };
      },
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
