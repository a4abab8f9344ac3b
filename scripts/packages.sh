#!/usr/bin/env bash
# Packs every workspace, installs the packages into an empty folder, and uses them there as a stranger would. Ends with "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# step NAME PATTERN COMMAND…: the command must exit 0 and its output match PATTERN.
step() {
  local name=$1 pattern=$2
  shift 2
  ("$@") >"$scratch/output" 2>&1
  local code=$?
  if [ $code -eq 0 ] && grep -Eq "$pattern" "$scratch/output"; then
    passed=$((passed + 1))
    echo "ok    $name"
  else
    failed=$((failed + 1))
    echo "FAIL  $name (exit $code)"
    tail -n 20 "$scratch/output" | sed 's/^/      /'
  fi
}

one_version() {
  node -e '
    const { workspaces } = require("./package.json");
    const packages = ["./package.json", ...workspaces.map((name) => `./${name}/package.json`)].map((file) => require(file));
    const versions = new Set(packages.flatMap(({ version, dependencies = {} }) => [
      version,
      ...Object.keys(dependencies).filter((name) => name.startsWith("@berth/")).map((name) => dependencies[name]),
    ]));
    console.log(`${packages.length} packages, version ${[...versions].join(", ")}`);
    process.exitCode = versions.size === 1 ? 0 : 1;'
}

pack() { npm pack --silent --workspaces --pack-destination "$scratch/packs"; }

install_into_empty_folder() {
  cd "$scratch/empty" && echo '{ "private": true }' >package.json &&
    npm install --silent --no-audit --no-fund --ignore-scripts "$scratch"/packs/*.tgz && ls node_modules/@berth
}

from_empty_folder() { cd "$scratch/empty" && "$@"; }

# What `npx @berth/conformance` does, with files in the registry's place.
once_without_installing() {
  cd "$scratch/once" && npm exec --yes --package "$scratch"/packs/berth-proto-*.tgz --package "$scratch"/packs/berth-conformance-*.tgz \
    -- berth-conformance list
}

mkdir "$scratch/packs" "$scratch/empty" "$scratch/once"
step "one version number" "^5 packages, version [0-9]" one_version
step "every workspace packs" "berth-conformance-.*tgz" pack
step "the packages install into an empty folder" "^conformance$" install_into_empty_folder
step "the suite runs once without being installed" "handshake-answered" once_without_installing
step "the suite explains a case" "HS-001" from_empty_folder npx berth-conformance explain handshake-answered
step "the faults are there" "^function function$" from_empty_folder node --input-type=module \
  -e 'import { openSilentConnections, startForwarder } from "@berth/conformance/faults"; console.log(typeof openSilentConnections, typeof startForwarder)'
step "the suite judges the agent" "^[1-9][0-9]* passed, 0 failed" from_empty_folder \
  npx berth-conformance agent --filter 'HS-*' -- node_modules/.bin/berth-agent run
step "the suite judges the server" "^[1-9][0-9]* passed, 0 failed" from_empty_folder \
  npx berth-conformance server --driver --filter 'HS-*' -- node_modules/.bin/berth-server driver
step "the matrix runs" "^5 cells as the clauses say, 0 different" from_empty_folder npx berth-conformance matrix \
  --agent "node_modules/.bin/berth-agent run --agent-version {version}" --server "node_modules/.bin/berth-server driver" --filter /46/two-addresses/unset
step "the action judges the agent" "^[1-9][0-9]* passed, 0 failed" env BERTH_SUITE=agent BERTH_ARGUMENTS="--filter HS-001" \
  BERTH_COMMAND="node_modules/.bin/berth-agent run" BERTH_WORKING_DIRECTORY="$scratch/empty" conformance/action/run.sh

echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
