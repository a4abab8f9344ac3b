import { HandshakeServiceClient } from "@berth/proto/messages/handshake/v1/handshake";
import { HostServiceClient } from "@berth/proto/messages/sync/v44/host";
import { OperationServiceClient } from "@berth/proto/messages/sync/v49/operation";
import { ChannelCredentials, type ChannelOptions } from "@grpc/grpc-js";
import { serverName } from "../security/meet-certificate.ts";
import { createPinnedCredentials } from "../security/pinned-credentials.ts";
import { type Protection, requireProtection } from "../security/protection.ts";
import { type AgentAddress, formatAgentAddress } from "./agent-address.ts";
import { FileClient } from "./file-client.ts";
import { type SourceForwarder, startSourceForwarder } from "./source-forwarder.ts";
import { SyncClient } from "./sync-client.ts";

/** How to reach one agent. */
export interface AgentRoute {
  readonly address: AgentAddress;
  readonly protection: Protection;
  /** The local address to connect from; undefined leaves it to the system. */
  readonly source: string | undefined;
}

/** One connection to an agent, opened by its first call. */
export interface AgentConnection {
  readonly handshake: HandshakeServiceClient;
  readonly sync: SyncClient;
  readonly operations: OperationServiceClient;
  /** What the system said when the agent could not be reached from a chosen source; undefined where gRPC's own words say it. */
  readonly failure: Error | undefined;
  /** The services of the dialects before 49. */
  readonly files: FileClient;
  readonly hosts: HostServiceClient;
  close(): void;
}

const mebibyte = 1024 * 1024;

const channelOptions: ChannelOptions = {
  "grpc-node.flow_control_window": 8 * mebibyte,
  "grpc.max_receive_message_length": 64 * mebibyte, // the list of missing contents of a very large package
  "grpc.max_send_message_length": -1, // the agent's own limit counts
  "grpc.enable_retries": 0, // what is repeated, and when, the protocol decides
  "grpc.enable_http_proxy": 0,
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.use_local_subchannel_pool": 1, // a new connection after a broken one, never the broken one again
  "grpc.service_config_disable_resolution": 1,
  "grpc.ssl_target_name_override": serverName,
};

/**
 * Prepares a connection. With a pin the agent's certificate is met and compared first. Throws a `Failure`: `transportRefused` where the protection does not
 * hold, `agentUnreachable` where a pinned agent cannot be met. Without a pin nothing is sent before the first call. Aborting `signal` ends the meeting.
 */
export async function connectAgent(route: AgentRoute, signal: AbortSignal): Promise<AgentConnection> {
  requireProtection(route.address, route.protection);
  const credentials =
    route.protection.kind === "pinned"
      ? await createPinnedCredentials(route.address, route.source, route.protection.pin, signal)
      : ChannelCredentials.createInsecure();
  const forwarder = route.source === undefined ? undefined : await startSourceForwarder(route.address, route.source);
  return createConnection(route, credentials, forwarder);
}

function createConnection(
  route: AgentRoute,
  credentials: ChannelCredentials,
  forwarder: SourceForwarder | undefined,
): AgentConnection {
  const target = formatAgentAddress(forwarder?.address ?? route.address);
  const options = { ...channelOptions, "grpc.default_authority": formatAgentAddress(route.address) };
  const handshake = new HandshakeServiceClient(target, credentials, options);
  const channelOverride = handshake.getChannel();
  return {
    handshake,
    sync: new SyncClient(target, credentials, { channelOverride }),
    operations: new OperationServiceClient(target, credentials, { channelOverride }),
    get failure() {
      return forwarder?.failure;
    },
    files: new FileClient(target, credentials, { channelOverride }),
    hosts: new HostServiceClient(target, credentials, { channelOverride }),
    close() {
      handshake.close();
      forwarder?.close();
    },
  };
}
