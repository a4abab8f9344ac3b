#!/usr/bin/env node
// Plain JavaScript with nothing newer than dynamic import, so that an old Node can run it far enough to say what is wrong.
const major = Number(process.versions.node.split(".")[0]);

if (major < 24) {
  console.error("berth-conformance needs Node 24 or newer; this is " + process.version);
  process.exitCode = 2;
} else {
  import("../dist/src/cli/main.js");
}
