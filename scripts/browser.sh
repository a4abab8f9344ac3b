#!/usr/bin/env bash
# Looks at the pages of the matrix and of a run in a real browser: the one that CHROMIUM names, or Chromium or Chrome on the PATH. Where there is none, nothing
# is tested and nothing counts as passed.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${CHROMIUM:-}" ]; then
  command -v "$CHROMIUM" >/dev/null || { echo "CHROMIUM names no program: $CHROMIUM" >&2; exit 1; }
fi
for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
  if found=$(command -v "$name"); then
    CHROMIUM=$found exec mocha --config conformance/browser/.mocharc.yaml
  fi
done
echo "not run: no Chromium (set CHROMIUM to its path, or put chromium, chromium-browser or google-chrome on the PATH)"
