#!/usr/bin/env bash
# Builds the example agents and judges each with the suite: `scripts/examples.sh`, or `scripts/examples.sh python` for one language. Then the
# reference server is run with each of them beside the reference agent, as a matrix whose cells count like cases. A language that this machine
# lacks is not run, and nothing of it counts as passed. Ends with "N passed, N failed" where anything ran.
set -u
cd "$(dirname "$0")/.." || exit 1

languages="python go"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
built=() # NAME=COMMAND of every example that was built here

# not_run REASON: said aloud, and counted nowhere.
not_run() { echo "not run: $language, because $1"; }

# count PASSED FAILED WHAT CODE: a command that fails with no failure counted, or succeeds with nothing counted, is itself a failure.
count() {
  local ok=${1:-0} bad=${2:-0} what=$3 code=$4
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
    echo "$what exited with $code" >&2
    bad=1
  elif [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
    echo "$what reported nothing that ran" >&2
    bad=1
  fi
  passed=$((passed + ok))
  failed=$((failed + bad))
}

# number PATTERN: the first number in the last match of PATTERN in the output, or nothing.
number() { grep -Eo "$1" "$scratch/output" | tail -n 1 | grep -Eo '[0-9]+' | head -n 1; }

# step WHAT COMMAND…: one pass or one failure, by its exit code.
step() {
  local what=$1
  shift
  "$@"
  local code=$?
  if [ $code -eq 0 ]; then count 1 0 "$what" 0; else count 0 1 "$what" $code; fi
  return $code
}

# judge COMMAND…: the suite against the example of this language.
judge() {
  local reports=reports/examples/$language
  built+=("$language=$*")
  mkdir -p "$reports"
  node conformance/bin/berth-conformance.js agent --package node_modules/date-fns --known-failures "conformance/examples/$language/known-failures.json" \
    --json "$reports/results.json" --junit "$reports/junit.xml" --events "$reports/events.jsonl" --html "$reports/report.html" -- "$@" 2>&1 | tee "$scratch/output"
  local code=${PIPESTATUS[0]}
  count "$(number '^[0-9]+ passed')" "$(number '[0-9]+ failed')" "the suite against the $language example" "$code"
}

python_example() {
  local folder=conformance/examples/python build=conformance/examples/python/build python=conformance/examples/python/build/venv/bin/python
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { not_run "there is no python3 of 3.11 or newer"; return; }
  if ! cmp -s "$folder/requirements.txt" "$build/requirements.txt"; then
    rm -rf "$build/venv"
    python3 -m venv "$build/venv" >/dev/null 2>&1 || { not_run "python3 has no venv"; return; }
    if ! "$python" -m pip install --quiet --disable-pip-version-check -r "$folder/requirements.txt" >"$scratch/output" 2>&1; then
      tail -n 5 "$scratch/output"
      not_run "pip could not install what $folder/requirements.txt names"
      return
    fi
    cp "$folder/requirements.txt" "$build/requirements.txt"
  fi
  rm -rf "$build/generated"
  mkdir -p "$build/generated"
  step "generating the messages" "$python" -m grpc_tools.protoc -I proto --python_out="$build/generated" --pyi_out="$build/generated" \
    --grpc_python_out="$build/generated" berth/handshake/v1/handshake.proto berth/sync/v49/sync.proto berth/sync/v49/operation.proto || return
  step "compiling" "$python" -m compileall -q "$folder/berth_agent" "$folder/tests" || return
  PYTHONPATH=$folder "$python" -X utf8 -m unittest discover -s "$folder/tests" 2>&1 | tee "$scratch/output"
  local code=${PIPESTATUS[0]} ran
  ran=$(number '^Ran [0-9]+ tests')
  if [ "$code" -eq 0 ]; then count "$ran" 0 "the vectors" 0; else count 0 1 "the vectors" "$code"; fi
  judge "$folder/run"
}

# Go: the one on the PATH, or the one where Go's own installer puts it. The module decides which newer one it needs.
go_example() {
  local folder=conformance/examples/go
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
  command -v go >/dev/null || { not_run "there is no go on the PATH"; return; }
  (cd "$folder" && go mod download) >"$scratch/output" 2>&1 || { tail -n 5 "$scratch/output"; not_run "its modules could not be fetched"; return; }
  step "generating the messages" within "$folder" buf generate || return
  step "formatting" formatted "$folder" || return
  step "vetting" within "$folder" go vet ./... || return
  step "the vectors" within "$folder" go test . || return
  step "building" within "$folder" go build -o berth-agent . || return
  judge "$folder/berth-agent"
}

# interop LANGUAGE…: the reference server with the reference agent and every example that was built, all at once.
interop() {
  local agents=() names="the reference agent 49 to 51" each reports=reports/examples/matrix
  for each in "${built[@]}"; do agents+=(--agent "$each") && names="$names, ${each%%=*}"; done
  echo "== the matrix of the reference server with $names"
  for each in "$@"; do
    case "$names, " in *", $each, "*) ;; *) echo "not in the matrix: $each, because it was not built" ;; esac
  done
  node conformance/bin/berth-conformance.js matrix --server "reference=node server-ref/bin/berth-server.js driver" \
    --agent "reference@49-51=node agent-ref/bin/berth-agent.js run --agent-version {version}" "${agents[@]}" \
    --json "$reports/matrix.json" --html "$reports/matrix.html" --svg "$reports/matrix.svg" 2>&1 | tee "$scratch/output"
  local code=${PIPESTATUS[0]}
  count "$(number '^[0-9]+ cells as the clauses say')" "$(number '[0-9]+ different')" "the matrix of the examples" "$code"
}

within() { (cd "$1" && shift && "$@"); }

formatted() {
  local files
  files=$(gofmt -l "$1")
  [ -z "$files" ] || { echo "gofmt would change: $files" >&2; return 1; }
}

for language in ${1:-$languages}; do
  case " $languages " in
    *" $language "*) ;;
    *)
      echo "there is no example in $language; there are: $languages" >&2
      exit 2
      ;;
  esac
  echo "== the example in $language"
  "${language}_example"
done

if [ ${#built[@]} -gt 0 ]; then interop ${1:-$languages}; fi
if [ $((passed + failed)) -gt 0 ]; then echo "$passed passed, $failed failed"; fi
[ $failed -eq 0 ]
