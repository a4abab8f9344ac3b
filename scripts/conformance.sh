#!/usr/bin/env bash
# Judges the reference agent as every version that differs, and the reference server as every product version that does, on real packages.
set -eu
cd "$(dirname "$0")/.."

agent="node agent-ref/bin/berth-agent.js run"
exec node conformance/bin/berth-conformance.js all \
  --agent "$agent" \
  --agent "$agent --agent-version 42" \
  --agent "$agent --agent-version 43" \
  --agent "$agent --agent-version 44" \
  --agent "$agent --agent-version 45" \
  --agent "$agent --agent-version 46" \
  --upgrade-from "$agent --agent-version 46" \
  --server "node server-ref/bin/berth-server.js" \
  --driver "node server-ref/bin/berth-server.js driver" \
  --as "BuildMaster 6.1.19" \
  --as "BuildMaster 6.1.20" \
  --as "Otter 2.2.9" \
  --as "Otter 2.2.10" \
  --package node_modules/typescript-5.9.2 \
  --package node_modules/typescript-5.9.3 \
  --package node_modules/date-fns \
  --package node_modules/@bufbuild/buf-*
