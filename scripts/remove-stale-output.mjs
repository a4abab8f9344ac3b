// The compiler never deletes what it once wrote: without this, the test of a removed source would still run.
import { existsSync, globSync, rmSync } from "node:fs";

for (const output of globSync("{proto,agent-ref,server-ref,conformance}/dist/**/*.{js,js.map,d.ts}")) {
  const folder = output.startsWith("conformance/") ? "$1/" : "$1/src/"; // there, dist holds src and cases side by side
  const source = output.replace(/^([^/]+)\/dist\//, folder).replace(/\.(js|js\.map|d\.ts)$/, ".ts");
  if (!existsSync(source)) {
    rmSync(output);
    console.log(`removed ${output}: ${source} is gone`);
  }
}
