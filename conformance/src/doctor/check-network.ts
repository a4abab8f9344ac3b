import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server } from "node:net";
import { type Finding, good, reasonOf, trouble } from "./finding.ts";

/** As many as a run with many jobs holds open at once. */
const PORTS = 200;

/** Two servers from two addresses are two addresses of loopback. */
const ADDRESSES = [
  { address: "127.0.0.1", remedy: "bring the loopback interface up: ip link set lo up" },
  {
    address: "127.0.0.2",
    remedy:
      "cases with two servers need it: on macOS run `sudo ifconfig lo0 alias 127.0.0.2` (and so for 127.0.0.3 to 127.0.0.9 and 127.0.0.254)",
  },
  {
    address: "127.0.0.254",
    remedy: "cases with two servers need it: on macOS run `sudo ifconfig lo0 alias 127.0.0.254`",
  },
  { address: "::1", remedy: "one case comes by IPv6: on Linux run `sysctl -w net.ipv6.conf.lo.disable_ipv6=0`" },
] as const;

/** The loopback addresses that cases listen at and come from. */
export async function* checkLoopback(): AsyncGenerator<Finding> {
  for (const { address, remedy } of ADDRESSES) {
    const check = `loopback ${address}`;
    try {
      await roundTrip(address);
      yield good(check, "can be listened at and come from");
    } catch (error) {
      yield trouble(check, reasonOf(error), remedy);
    }
  }
}

/** Enough free ports at once. */
export async function checkPorts(): Promise<Finding> {
  const servers: Server[] = [];
  try {
    for (let count = 0; count < PORTS; count += 1) servers.push(await listening("127.0.0.1"));
    return good("ports", `${PORTS} can be open at once`);
  } catch (error) {
    const found = `only ${servers.length} of ${PORTS} can be open at once: ${reasonOf(error)}`;
    return trouble("ports", found, "raise the limit of open files (`ulimit -n 4096`), or run with --jobs 1");
  } finally {
    for (const server of servers) server.close();
  }
}

async function roundTrip(address: string): Promise<void> {
  const server = await listening(address);
  server.on("connection", (socket) => socket.end("x"));
  const { port } = server.address() as AddressInfo;
  const socket = createConnection({ host: address, port, localAddress: address });
  try {
    await once(socket, "data");
  } finally {
    socket.destroy();
    server.close();
  }
}

async function listening(address: string): Promise<Server> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  return server;
}
