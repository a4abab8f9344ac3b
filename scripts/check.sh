#!/usr/bin/env bash
# Runs every static check, one line each, and ends with "N passed, N failed". A tool that does not run is a failure.
set -u
cd "$(dirname "$0")/.." || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# check NAME PATTERN COMMAND…: the command must exit 0 and its output match PATTERN, which is what it says only when it did its work.
check() {
  local name=$1 pattern=$2
  shift 2
  "$@" >"$scratch/output" 2>&1
  local code=$?
  if [ $code -eq 0 ] && { [ -z "$pattern" ] || grep -Eq "$pattern" "$scratch/output"; }; then
    passed=$((passed + 1))
    echo "ok    $name"
  else
    failed=$((failed + 1))
    echo "FAIL  $name (exit $code)"
    [ $code -eq 0 ] && echo "      it succeeded without saying that it did its work: /$pattern/ is not in its output"
    sed 's/^/      /' "$scratch/output"
  fi
}

breaking_changes() {
  local tag
  tag=$(git describe --tags --abbrev=0 2>/dev/null)
  if [ -n "$tag" ]; then
    check "no breaking change since $tag" "" buf breaking --against ".git#tag=$tag"
  else
    echo "skip  no breaking change: there is no tag yet to compare with"
  fi
}

generated_code() {
  buf generate -o "$scratch/generated" &&
    mkdir -p "$scratch/generated/proto/descriptors" &&
    buf build --as-file-descriptor-set --exclude-source-info -o "$scratch/generated/proto/descriptors/berth.binpb" &&
    diff -r proto/src/gen "$scratch/generated/proto/src/gen" &&
    cmp proto/descriptors/berth.binpb "$scratch/generated/proto/descriptors/berth.binpb" &&
    echo "compared $(find proto/src/gen -name '*.ts' | wc -l) files" ||
    { echo "run \`make generate\`"; return 1; }
}

check "protobuf style (buf lint)" "" buf lint
check "protobuf format (buf format)" "" buf format --diff --exit-code
breaking_changes
check "generated code is current" "compared [1-9][0-9]* files" generated_code
check "required clauses of each version" "[1-9][0-9]* required clauses" node scripts/check-required-clauses.mjs
check "types (tsc)" "" node node_modules/typescript/bin/tsc -b
check "style (biome)" "Checked [1-9][0-9]* files" biome ci --colors=off --error-on-warnings
check "nothing unused (knip)" "" knip --no-progress
check "who imports whom (dependency-cruiser)" "no dependency violations found \([1-9][0-9]* modules, [1-9]" \
  depcruise proto agent-ref server-ref conformance
check "lockfile" "[1-9][0-9]* packages locked" node scripts/check-lockfile.mjs

echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
