import { randomUUID } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inTransaction } from "../home/database.ts";
import type { ServerHome } from "../home/server-home.ts";

const temporaryPack = /^adding-(\d+)-[0-9a-f-]+$/;

/** A name for a pack that is being written; it says by whom, so that others leave it alone while that process lives. */
export function temporaryPackName(): string {
  return `adding-${process.pid}-${randomUUID()}`;
}

/** Removes what an add that was killed, or a removal that failed, left in the packs directory. Packs of adds under way stay. */
export function removeLeftovers(home: ServerHome): void {
  // In a transaction no other process stands between its rename and its commit.
  inTransaction(home.database, () => {
    const packs = new Set(
      home.database
        .prepare("SELECT pack FROM packages")
        .all()
        .map(({ pack }) => String(pack)),
    );
    for (const name of readdirSync(home.packsDirectory)) {
      const writer = temporaryPack.exec(name)?.[1];
      const isLeftover = writer === undefined ? name.endsWith(".pack") && !packs.has(name) : !isAlive(Number(writer));
      if (isLeftover) rmSync(join(home.packsDirectory, name), { force: true });
    }
  });
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // it lives and belongs to somebody else
  }
}
