#!/usr/bin/env bash
# Records what goes over the wire in every case against the references, into conformance/transcripts. Older versions come first, so
# that a case for several dialects is shown in the newest.
set -eu
cd "$(dirname "$0")/.."

agent="node agent-ref/bin/berth-agent.js run"
real="--package node_modules/typescript-5.9.2 --package node_modules/typescript-5.9.3"
record() { node conformance/bin/berth-conformance.js record "$1" --to conformance/transcripts "${@:2}"; }

for version in 42 43 44 46; do
  record agent --of "the reference agent, version $version" -- $agent --agent-version $version
done
# shellcheck disable=SC2086 # the words of the commands are words
record agent --of "the reference agent" $real --upgrade-from "$agent --agent-version 46" -- $agent
# shellcheck disable=SC2086
record server --of "the reference server" $real -- node server-ref/bin/berth-server.js
