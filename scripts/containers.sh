#!/usr/bin/env bash
# Runs the reference ends and the suite in containers with addresses of their own. Where no container engine answers, nothing is tested and
# nothing counts as passed. DOCKER names another client than `docker`.
set -eu
cd "$(dirname "$0")/.."

docker=${DOCKER:-docker}
if ! command -v "$docker" >/dev/null; then
  [ -z "${DOCKER:-}" ] || { echo "DOCKER names no program: $DOCKER" >&2; exit 1; }
  echo "not run: no container engine (put docker on the PATH, or set DOCKER to another client)"
  exit 0
fi
if ! "$docker" version --format '{{.Server.Version}}' >/dev/null 2>&1; then
  echo "not run: no container engine answers $docker version (start dockerd)"
  exit 0
fi

node scripts/build-images.mjs
# The reaper of testcontainers is an image of its own that would have to be pulled; every test removes what it made.
TESTCONTAINERS_RYUK_DISABLED=true exec mocha --config conformance/containers/.mocharc.yaml
