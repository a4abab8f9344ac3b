import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogVerbosity,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { CannotListenError } from "./cannot-listen-error.ts";
import { type Connections, followConnections, onHttp2Server } from "./http2-server.ts";
import { checkReceiveWindow, raiseReceiveWindow } from "./receive-window.ts";

/** A service and what answers it. */
export interface ServedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** Where and how to serve. */
export interface GrpcServerOptions {
  readonly host: string;
  /** Zero takes any free port. */
  readonly port: number;
  /** The certificate and key in PEM form; undefined serves plaintext. */
  readonly tls: { readonly certificatePem: string; readonly keyPem: string } | undefined;
  /** The largest request message; zero means no limit. */
  readonly maxMessageBytes: number;
  readonly services: readonly ServedService[];
}

/** A server that serves. */
export interface GrpcServer {
  readonly port: number;
  /** Refuses new calls, waits at most `graceMs` for those under way, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** Binds, checks the receive window and serves, health and reflection included. Throws when the address cannot be bound. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  // What the library would print is said again by the error that it gives, and lines of its form are no lines of this program.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": options.maxMessageBytes === 0 ? -1 : options.maxMessageBytes,
    "grpc.max_send_message_length": -1,
  });
  const connections: Connections[] = [];
  onHttp2Server(server, (http2Server) => {
    raiseReceiveWindow(http2Server);
    connections.push(followConnections(http2Server));
  });
  for (const { definition, implementation } of options.services) server.addService(definition, implementation);
  new HealthImplementation({ "": "SERVING" }).addToServer(server);
  new ReflectionService(loadDescriptors(), { services: options.services.map(nameOf) }).addToServer(server);

  const port = await bind(server, options);
  try {
    await checkReceiveWindow(reachable(options.host), port, options.tls !== undefined);
  } catch (error) {
    server.forceShutdown();
    throw error;
  }
  return { port, stop: (graceMs) => stop(server, connections, graceMs) };
}

function loadDescriptors() {
  const file = fileURLToPath(import.meta.resolve("@berth/proto/descriptors/berth.binpb"));
  return protoLoader.loadFileDescriptorSetFromBuffer(readFileSync(file));
}

/** Only what this agent serves is shown: the descriptors hold the services of every dialect. */
function nameOf({ definition }: ServedService): string {
  const [, name] = Object.values(definition)[0]!.path.split("/");
  return name!;
}

function bind(server: Server, { host, port, tls }: GrpcServerOptions): Promise<number> {
  const credentials = tls
    ? ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(tls.certificatePem), private_key: Buffer.from(tls.keyPem) },
      ])
    : ServerCredentials.createInsecure();
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) =>
      error ? reject(new CannotListenError(address, error)) : resolve(bound),
    );
  });
}

/** The address by which the machine itself reaches a server that listens on every address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

async function stop(server: Server, connections: readonly Connections[], graceMs: number): Promise<void> {
  const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const timer = setTimeout(() => {
    server.forceShutdown();
    for (const each of connections) each.destroy();
  }, graceMs);
  await drained;
  clearTimeout(timer);
}
