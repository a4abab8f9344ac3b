#!/usr/bin/env bash
# Builds each example agent of conformance/examples from the specification's messages and judges it by the suite. Where a language's
# toolchain is missing, its example is not run and nothing of it counts as passed.
set -eu
cd "$(dirname "$0")/.."

# Go: the one on the PATH, or the one where Go's own installer puts it.
go_example() {
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
  if ! command -v go >/dev/null; then
    echo "not run: the example in Go (put go on the PATH)"
    return
  fi
  (
    cd conformance/examples/go
    buf generate
    unformatted=$(gofmt -l .)
    [ -z "$unformatted" ] || { echo "gofmt would change: $unformatted" >&2; exit 1; }
    go vet ./...
    go test .
    go build -o berth-agent .
  )
  mkdir -p reports/examples/go
  node conformance/bin/berth-conformance.js agent \
    --known-failures conformance/examples/go/known-failures.json \
    --json reports/examples/go/results.json \
    --junit reports/examples/go/junit.xml \
    --events reports/examples/go/events.jsonl \
    --package node_modules/date-fns \
    -- conformance/examples/go/berth-agent
}

go_example
