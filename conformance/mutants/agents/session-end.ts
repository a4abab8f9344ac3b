import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import type { handleUnaryCall, UntypedHandleCall } from "@grpc/grpc-js";
import type { AgentMutant } from "../mutant.ts";
import { changedSessions } from "./changed-sessions.ts";

/** Broken ends of sessions: too early, too late, and what is said and counted afterwards. */
export const sessionEndMutants: readonly AgentMutant[] = [
  {
    id: "session-ended-by-the-next",
    clause: "HS-022",
    breaks: "It ends the session of an instance when the instance is greeted again.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const current = new Map<string, string>();
      const ended = new Set<string | undefined>();
      return {
        begin(session) {
          const { name } = (session.session as { instance: { name: string } }).instance;
          const token = original.begin(session);
          ended.add(current.get(name));
          current.set(name, token);
          return token;
        },
        resolve: (token, call) => original.resolve(ended.has(token) ? "" : token, call),
      };
    }),
  },
  {
    id: "oldest-session-makes-room",
    clause: "HS-022",
    breaks: "It ends the oldest session, whoever's it is, when there are more than 256.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const kept: string[] = [];
      const ended = new Set<string | undefined>();
      return {
        begin(session) {
          const token = original.begin(session);
          if (kept.push(token) > 256) ended.add(kept.shift());
          return token;
        },
        resolve: (token, call) => original.resolve(ended.has(token) ? "" : token, call),
      };
    }),
  },
  {
    id: "session-ended-with-its-connection",
    clause: "HS-022",
    breaks: "It binds a session to the connection on which it was greeted.",
    part: "transport/unary",
    mutate({ unary }) {
      const connections = new Map<string, string>();
      return {
        unary(handler, logger) {
          const handle = unary(handler, logger);
          return (grpcCall, callback) => {
            const request = grpcCall.request as { sessionToken?: string };
            const own = grpcCall.getPeer();
            const bound = connections.get(request.sessionToken ?? "") ?? own;
            if (bound !== own) request.sessionToken = "";
            handle(grpcCall, (error, answer, ...rest) => {
              const { sessionToken } = (answer ?? {}) as { sessionToken?: string };
              if (sessionToken !== undefined) connections.set(sessionToken, own);
              callback(error, answer, ...rest);
            });
          };
        },
      };
    },
  },
  {
    id: "session-outlives-the-agent",
    clause: "HS-021",
    breaks: "It writes its sessions down, and takes their tokens again after a restart.",
    part: "automatic-services",
    mutate: ({ createAutomaticServices }) => ({
      createAutomaticServices(options) {
        const { negotiate, services, close } = createAutomaticServices(options);
        const file = path.join(process.env.BERTH_ROOT ?? ".", "sessions.json");
        type Kept = Record<string, { request: NegotiateRequest; peerAddress: string }>;
        const former: Kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
        const current: Kept = {};
        const revive = async (token: string): Promise<string> => {
          const kept = former[token];
          if (kept === undefined) return token;
          const call = { peerAddress: kept.peerAddress, signal: new AbortController().signal, onEnd: () => {} };
          return (await negotiate({ ...kept.request, wantedManifestDigest: Buffer.alloc(0) }, call)).sessionToken;
        };
        const reviving = (handle: UntypedHandleCall): UntypedHandleCall => {
          if (handle.length !== 2) return handle;
          const unary = handle as handleUnaryCall<{ sessionToken: string }, unknown>;
          const revived: typeof unary = async (call, callback) => {
            call.request.sessionToken = await revive(call.request.sessionToken);
            unary(call, callback);
          };
          return revived;
        };
        return {
          async negotiate(request, call) {
            const answer = await negotiate(request, call);
            current[answer.sessionToken] = { request, peerAddress: call.peerAddress };
            writeFileSync(file, JSON.stringify(current));
            return answer;
          },
          services: services.map(({ definition, implementation }) => ({
            definition,
            implementation: Object.fromEntries(
              Object.entries(implementation).map(([name, handle]) => [name, reviving(handle)]),
            ),
          })),
          close,
        };
      },
    }),
  },
  {
    id: "session-end-is-a-fault",
    clause: "HS-021",
    breaks: "It trips over a session that has ended by itself, and calls that a fault of its own.",
    part: "handshake/session-store",
    mutate: changedSessions((original) => {
      const addresses = new Map<string, string>();
      return {
        begin(session) {
          const token = original.begin(session);
          addresses.set(token, session.peerAddress);
          return token;
        },
        resolve(token, call) {
          try {
            return original.resolve(token, call);
          } catch (error) {
            throw addresses.get(token) === call.peerAddress ? new TypeError("the session has no instance") : error;
          }
        },
      };
    }),
  },
  {
    id: "sessions-that-ended-counted",
    clause: "HS-035",
    breaks: "It counts every session that an address ever had, those that have ended too.",
    part: "handshake/session-store",
    mutate: changedSessions((original, limits, createSessionStore) => {
      const ever = createSessionStore<undefined>({ ...limits, sessionIdleMs: 0n });
      return {
        requireRoom: (peerAddress) => ever.requireRoom(peerAddress),
        begin(session) {
          const { peerAddress } = session;
          ever.begin({ session: undefined, peerAddress, callBegins: () => () => {}, onEnd: () => {} });
          return original.begin(session);
        },
        close() {
          original.close();
          ever.close();
        },
      };
    }),
  },
];
