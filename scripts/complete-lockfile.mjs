// Adds to package-lock.json the platform packages (native binaries for other systems) that npm left out because the registry in use
// does not carry them. `npm ci` refuses a lock that lacks one, even on systems that never install it.
// Run after `npm install` when `npm ci` says "Missing: … from lock file". The entries have no integrity: the hash is not known here.
import { readFileSync, writeFileSync } from "node:fs";

const SYSTEMS = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  openharmony: "openharmony",
  win32: "win32",
};
const PROCESSORS = {
  arm: "arm",
  arm64: "arm64",
  armv7: "arm",
  ia32: "ia32",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "x64",
};
const C_LIBRARIES = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
const packages = lock.packages;

function isLocked(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

function platformOf(name) {
  const words = name.split(/[-/]/);
  const found = (table) => words.filter((word) => Object.hasOwn(table, word)).map((word) => table[word]);
  const [os, cpu, libc] = [found(SYSTEMS), found(PROCESSORS), found(C_LIBRARIES)];
  return { ...(cpu.length && { cpu }), ...(os.length && { os }), ...(libc.length && os[0] === "linux" && { libc }) };
}

for (const [from, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(from, name)) continue;
    const platform = platformOf(name);
    if (!/^\d+\.\d+\.\d+$/.test(version) || !(platform.os || platform.cpu)) {
      console.error(
        `${name}@${version}, optional in ${from}: not an exact version of a platform package, add it by hand`,
      );
      process.exitCode = 1;
      continue;
    }
    packages[`node_modules/${name}`] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    console.log(`added ${name}@${version} for ${JSON.stringify(platform)}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
