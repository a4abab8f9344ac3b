import { randomUUID } from "node:crypto";
import { parseUuid } from "@berth/proto/rules/uuid";
import { databaseDamaged } from "../errors/home-failures.ts";
import type { ServerHome } from "./server-home.ts";

/** The server_id of this home: a random UUID made at its first use and kept for ever (INST-020). */
export function serverIdOf(home: ServerHome): string {
  // Of two processes that come first at once, one inserts and both read what it inserted.
  home.database.prepare("INSERT OR IGNORE INTO server (only_row, server_id) VALUES (1, ?)").run(randomUUID());
  const stored = String(home.database.prepare("SELECT server_id FROM server").get()?.server_id);
  if (!parseUuid(stored)) throw databaseDamaged(home.databaseFile, "its server_id is not a UUID");
  return stored;
}
