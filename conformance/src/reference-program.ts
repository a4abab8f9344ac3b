import { fileURLToPath } from "node:url";

const PROGRAMS = {
  agent: { package: "@berth/agent", file: "bin/berth-agent.js" },
  server: { package: "@berth/server", file: "bin/berth-server.js" },
} as const;

/** The package in which a reference is. */
export function referencePackage(end: keyof typeof PROGRAMS): string {
  return PROGRAMS[end].package;
}

/** The path of a reference's program, to be run by Node; undefined where its package is not installed beside the suite. */
export function referenceProgram(end: keyof typeof PROGRAMS): string | undefined {
  const { package: name, file } = PROGRAMS[end];
  try {
    return fileURLToPath(new URL(file, import.meta.resolve(`${name}/package.json`)));
  } catch {
    return undefined;
  }
}
