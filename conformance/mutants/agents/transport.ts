import type http2 from "node:http2";
import type { AgentMutant } from "../mutant.ts";

/** Broken connections and limits of messages. */
export const transportMutants: readonly AgentMutant[] = [
  {
    id: "connection-of-two-calls",
    clause: "HS-001",
    breaks: "It drops a connection when a third call is made on it.",
    part: "transport/http2-server",
    mutate: ({ onHttp2Server }) => ({
      onHttp2Server(server, use) {
        onHttp2Server(server, (made) => {
          use(made);
          made.on("session", (session) => {
            let calls = 0;
            session.on("stream", () => {
              calls += 1;
              if (calls > 2) session.socket.destroy();
            });
          });
        });
      },
    }),
  },
  {
    id: "methods-unknown-are-greetings",
    clause: "HS-002",
    breaks: "It takes a method it does not know for Negotiate.",
    part: "transport/http2-server",
    mutate: ({ onHttp2Server }) => ({
      onHttp2Server(server, use) {
        onHttp2Server(server, use);
        class Handlers extends Map<string, unknown> {
          override get(path: string): unknown {
            return super.get(path) ?? [...this.values()][0];
          }
        }
        (server as unknown as { handlers: Handlers }).handlers = new Handlers();
      },
    }),
  },
  {
    id: "eight-connections-at-most",
    clause: "HS-034",
    breaks: "It takes eight connections at a time, silent ones included.",
    part: "transport/http2-server",
    mutate: ({ onHttp2Server }) => ({
      onHttp2Server(server, use) {
        onHttp2Server(server, (made) => {
          use(made);
          made.maxConnections = 8;
        });
      },
    }),
  },
  {
    id: "rubbish-thrown-at-everybody",
    clause: "HS-034",
    breaks: "It catches no error of a connection, so that rubbish on one ends the agent.",
    part: "transport/http2-server",
    mutate: ({ onHttp2Server }) => ({
      onHttp2Server(server, use) {
        onHttp2Server(server, (made) => {
          use(made);
          made.on("sessionError", (error) => {
            throw error;
          });
        });
      },
    }),
  },
  {
    id: "connection-closed-for-an-answer",
    clause: "ERR-002",
    breaks: "It closes the connection where it has to refuse.",
    part: "transport/http2-server",
    mutate: ({ onHttp2Server }) => ({
      onHttp2Server(server, use) {
        onHttp2Server(server, (made) => {
          use(made);
          made.on("stream", (stream) => {
            const respond = stream.respond.bind(stream);
            stream.respond = (headers, options) => {
              const code = (headers as http2.OutgoingHttpHeaders | undefined)?.["grpc-status"] ?? 0;
              if (Number(code) === 0) respond(headers, options);
              else stream.session?.socket.destroy();
            };
          });
        });
      },
    }),
  },
  {
    id: "messages-of-any-size",
    clause: "HS-030",
    breaks: "It takes messages larger than the max_message_bytes it announces.",
    part: "transport/grpc-server",
    mutate: ({ startGrpcServer }) => ({
      startGrpcServer: (options) => startGrpcServer({ ...options, maxMessageBytes: 0 }),
    }),
  },
  {
    id: "message-at-its-limit-refused",
    clause: "HS-031",
    breaks: "It refuses a message of exactly max_message_bytes.",
    part: "transport/grpc-server",
    mutate: ({ startGrpcServer }) => ({
      startGrpcServer: (options) => startGrpcServer({ ...options, maxMessageBytes: options.maxMessageBytes - 1 }),
    }),
  },
  {
    id: "limits-refused-when-reached",
    clause: "HS-031",
    breaks: "It refuses what is exactly at a limit.",
    part: "limits",
    mutate: () => ({ exceeds: (value, limit) => BigInt(limit) !== 0n && BigInt(value) >= BigInt(limit) }),
  },
  {
    id: "address-from-metadata",
    clause: "INST-017",
    breaks: "It believes a header that says for whom a call was forwarded.",
    part: "transport/call-life",
    mutate: ({ followCall }) => ({
      followCall(grpcCall) {
        const call = followCall(grpcCall);
        const { metadata } = grpcCall as unknown as { metadata: { get(key: string): unknown[] } };
        const [forwarded] = metadata.get("x-forwarded-for");
        return call && forwarded !== undefined ? { ...call, peerAddress: String(forwarded) } : call;
      },
    }),
  },
  {
    id: "beyond-loopback-unasked",
    clause: "SEC-001",
    breaks: "It listens without TLS wherever it is told to.",
    part: "security/protection",
    mutate: ({ chooseProtection }) => ({
      chooseProtection: (request) => chooseProtection({ ...request, insecurePlaintextBeyondLoopback: true }),
    }),
  },
];
