// Runs in a container: passes every connection on, so that everybody behind it comes from one address. Nothing but Node is there.
import { connect, createServer, type Socket } from "node:net";

const [target = "", port = ""] = process.argv.slice(2);
const colon = target.lastIndexOf(":");

process.on("SIGTERM", () => process.exit()); // the first process of a container is not ended by it otherwise
createServer((incoming) => {
  const outgoing = connect(Number(target.slice(colon + 1)), target.slice(0, colon));
  join(incoming, outgoing);
  join(outgoing, incoming);
}).listen(Number(port), "0.0.0.0", () => console.log(`relays to ${target}`));

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}
