import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode } from "../errors/exit-code.ts";
import { withTemporaryServer } from "../testing/temporary-server.ts";
import { createPackWriter } from "./pack-writer.ts";

describe("a pack that the disk does not take", () => {
  it("is the home's fault and not that of the file being published", async () => {
    await withTemporaryServer(async ({ home, writeFiles }) => {
      const directory = await writeFiles("p", { "a.txt": "a" });
      await using readOnly = await open(join(directory, "a.txt"), "r");
      const writer = createPackWriter(readOnly, home.directory);
      await writer.append(Buffer.from("b"), [{ digest: Buffer.alloc(32), offset: 0, length: 1 }]);
      await assert.rejects(writer.finish(), { exitCode: ExitCode.homeDamaged, message: /home .* cannot be written/ });
    });
  });
});
