#!/usr/bin/env bash
# One run of the suite, as the action's inputs say. The suite is that of the checkout this file stands in; it is built where it is not yet.
set -eu
checkout=$(cd "$(dirname "$0")/../.." && pwd)
[ -e "$checkout/conformance/dist/src/cli/main.js" ] || make -C "$checkout" build >&2

# Words are split at spaces, as in a command line without quotes: no input is ever read by a shell.
read -ra command <<<"${BERTH_COMMAND:-}"
read -ra arguments <<<"${BERTH_ARGUMENTS:-}"
case ${BERTH_SUITE:-agent} in
  agent | server) ;;
  *) echo "suite is agent or server, not ${BERTH_SUITE}" >&2 && exit 2 ;;
esac

words=("${BERTH_SUITE:-agent}" "${arguments[@]}")
[ -z "${BERTH_ADDRESS:-}" ] || words+=(--address "$BERTH_ADDRESS")
[ ${#command[@]} -eq 0 ] || words+=(-- "${command[@]}")
cd "${BERTH_WORKING_DIRECTORY:-.}"
exec "$checkout/node_modules/.bin/node" "$checkout/conformance/bin/berth-conformance.js" "${words[@]}"
