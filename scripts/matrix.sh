#!/usr/bin/env bash
# Every server version against every agent version, on the two references. A run of all cells also holds the picture in the README against
# what was seen.
set -eu
cd "$(dirname "$0")/.."

node conformance/bin/berth-conformance.js matrix "$@"

if [ $# -eq 0 ] && ! cmp reports/matrix.svg conformance/interop-matrix.svg; then
  echo "the picture in the README is not what was seen: copy reports/matrix.svg to conformance/interop-matrix.svg" >&2
  exit 1
fi
