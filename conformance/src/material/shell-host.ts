import type { MaterialPackage } from "./release.ts";

/**
 * What the suite's host does by the name of the operation. It is a shell script, because nothing starts faster, and it
 * writes `ready` where a case has to know that it runs.
 */
const script = `#!/bin/sh
name=$1
shift
until_released() { until [ -e "$1" ]; do sleep 0.02; done; }
case $name in
  version) printf '%s\\n' 'HOST_VERSION' ;;
  name-and-arguments) printf '[%s]' "$name" "$@" ;;
  environment) env ;;
  place) pwd -P; printf '%s\\n' "$BERTH_WORK"; ls -A ;;
  litter) mkdir -p deep/er; echo x > deep/er/file; pwd -P ;;
  input) wc -c ;;
  exit) exit "$1" ;;
  text) printf '%s' "$1" ;;
  error) printf '%s' "$1" >&2 ;;
  both) printf 'out-1'; sleep 0.05; printf 'err-1' >&2; sleep 0.05; printf 'out-2' ;;
  binary) printf '\\000\\001\\377\\376\\r\\n\\200' ;;
  count) i=0; while [ $i -lt "$1" ]; do echo "line $i"; i=$((i+1)); done ;;
  show) cat "$BERTH_EXTENSIONS/$1/$2" ;;
  list) cd "$BERTH_EXTENSIONS" && find . -type f | LC_ALL=C sort ;;
  checksums) cd "$BERTH_EXTENSIONS/$1" && find . -type f -exec sha256sum {} + ;;
  run) exec "$BERTH_EXTENSIONS/$1/$2" ;;
  append) printf '%s' "$2" >> "$1"; printf 'appended' ;;
  hold) echo ready; exec sleep 600 ;;
  hold-polite) trap 'printf bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done ;;
  hold-stubborn) trap '' TERM; echo ready; while :; do sleep 0.02; done ;;
  hold-litter) mkdir -p deep/er; echo x > deep/er/file; pwd -P; exec sleep 600 ;;
  hold-offspring) trap '' TERM; sleep 600 & echo $$ $!; while :; do sleep 0.02; done ;;
  leave-offspring) sleep 600 </dev/null >/dev/null 2>&1 & echo $! ;;
  leave-offspring-on-output) sleep 600 & echo $! ;;
  die-leaving-offspring) sleep 600 </dev/null >/dev/null 2>&1 & echo $!; kill -9 $$ ;;
  hold-until) echo ready; until_released "$1"; printf 'released' ;;
  hold-until-show) echo ready; until_released "$1"; cat "$BERTH_EXTENSIONS/$2/$3"; printf '%s\\n' 'HOST_VERSION' ;;
  die) kill -9 $$ ;;
  *) exit 127 ;;
esac
`;

/** The suite's host as a package. Different versions have different contents and differ in what `version` writes. */
export function shellHost(version = "1.0.0"): MaterialPackage {
  return hostOf(script.replaceAll("HOST_VERSION", version), version);
}

/** A host package whose entry point has any content. */
export function hostOf(entryContent: string | Uint8Array, version = "1.0.0"): MaterialPackage {
  return {
    kind: "host",
    name: "suite-host",
    version,
    entry: "bin/host",
    files: [{ path: "bin/host", content: Buffer.from(entryContent), exec: true }],
  };
}

/** An extension package of the given files. */
export function extensionOf(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  version = "1.0.0",
): MaterialPackage {
  return {
    kind: "extension",
    name,
    version,
    files: Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) })),
  };
}
