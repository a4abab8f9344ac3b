#!/usr/bin/env bash
# Every server version against every agent version, on the two references.
set -eu
cd "$(dirname "$0")/.."

exec node conformance/bin/berth-conformance.js matrix \
  --agent "node agent-ref/bin/berth-agent.js run --agent-version {version}" \
  --server "node server-ref/bin/berth-server.js driver" \
  "$@"
