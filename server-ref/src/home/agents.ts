import { isIP } from "node:net";
import { agentExists, agentNotFound, reasonOf, storedAgentDamaged } from "../errors/home-failures.ts";
import { type Protection, requireProtection } from "../security/protection.ts";
import { formatAgentAddress, parseAgentAddress } from "../transport/agent-address.ts";
import type { AgentRoute } from "../transport/agent-connection.ts";
import { inTransaction } from "./database.ts";
import type { ServerHome } from "./server-home.ts";

/** An agent this server knows, by the name its operator gave it. */
export interface StoredAgent extends AgentRoute {
  readonly name: string;
}

/** Stores an agent; throws `alreadyExists` for a name that is taken. */
export function addAgent(home: ServerHome, agent: StoredAgent): void {
  inTransaction(home.database, () => {
    if (home.database.prepare("SELECT 1 FROM agents WHERE name = ?").get(agent.name)) throw agentExists(agent.name);
    const { protection } = agent;
    home.database
      .prepare(
        "INSERT INTO agents (name, host, port, pin, plaintext_beyond_loopback, source) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(
        agent.name,
        agent.address.host,
        agent.address.port,
        protection.kind === "pinned" ? protection.pin : null,
        protection.kind === "plaintext" && protection.beyondLoopback ? 1 : 0,
        agent.source ?? null,
      );
  });
}

export function listAgents(home: ServerHome): StoredAgent[] {
  return home.database.prepare("SELECT * FROM agents ORDER BY name").all().map(readRow);
}

/** The agent of that name; throws `notFound`, and `homeDamaged` where what is stored cannot be used. */
export function findAgent(home: ServerHome, name: string): StoredAgent {
  const row = home.database.prepare("SELECT * FROM agents WHERE name = ?").get(name);
  if (!row) throw agentNotFound(name);
  return readRow(row);
}

export function removeAgent(home: ServerHome, name: string): void {
  const { changes } = home.database.prepare("DELETE FROM agents WHERE name = ?").run(name);
  if (changes === 0) throw agentNotFound(name);
}

function readRow(row: Record<string, unknown>): StoredAgent {
  const name = String(row.name);
  try {
    const address = parseAgentAddress(formatAgentAddress({ host: String(row.host), port: Number(row.port) }));
    const protection = readProtection(row);
    requireProtection(address, protection);
    const source = row.source === null ? undefined : String(row.source);
    if (source !== undefined && !isIP(source)) throw new Error("its source is not an IP address");
    return { name, address, protection, source };
  } catch (error) {
    throw storedAgentDamaged(name, reasonOf(error));
  }
}

// A pin that cannot be read must never turn into no pin.
function readProtection(row: Record<string, unknown>): Protection {
  if (row.pin === null) return { kind: "plaintext", beyondLoopback: row.plaintext_beyond_loopback === 1 };
  if (!(row.pin instanceof Uint8Array) || row.pin.length !== 32) throw new Error("its pin is not 32 bytes");
  return { kind: "pinned", pin: row.pin };
}
