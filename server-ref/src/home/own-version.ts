import { readFileSync } from "node:fs";
import { z } from "zod";

const packageFile = z.object({ version: z.string().regex(/^\d+(\.\d+)*/) });

/** The version of this program, from its package; what stands behind a hyphen or plus is not part of a product version (INST-002). */
export function readOwnVersion(): string {
  const { version } = packageFile.parse(
    JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")),
  );
  return version.replace(/[-+].*$/, "");
}
