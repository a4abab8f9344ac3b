// Builds container images of the reference agent, the reference server and the suite, from nothing but this machine's own files: the pinned
// Node, the built workspaces as npm would pack them, and their production packages. No image is pulled and no package is downloaded.
// DOCKER names another client than `docker`. The images are berth-agent:local, berth-server:local and berth-conformance:local.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const docker = process.env.DOCKER || "docker";

const IMAGES = [
  { tag: "berth-agent:local", stage: "agent", workspace: "@berth/agent", program: "agent-ref/bin/berth-agent.js" },
  {
    tag: "berth-server:local",
    stage: "program",
    workspace: "@berth/server",
    program: "server-ref/bin/berth-server.js",
  },
  {
    tag: "berth-conformance:local",
    stage: "program",
    workspace: "@berth/conformance",
    program: "conformance/bin/berth-conformance.js",
  },
];

/** What the suite's host, a shell script, asks of an agent's machine, and `env`, by which programs find Node. */
const PROGRAMS = [
  "sh",
  "cat",
  "dirname",
  "env",
  "find",
  "ls",
  "mkdir",
  "printf",
  "rm",
  "sha256sum",
  "sleep",
  "sort",
  "wc",
];

function output(command, ...words) {
  return execFileSync(command, words, { cwd: root, encoding: "utf8", stdio: "pipe" });
}

function copySystem(destination) {
  const programs = [process.execPath, ...PROGRAMS.map((name) => output("which", name).trim())];
  mkdirSync(join(destination, "usr/bin"), { recursive: true });
  mkdirSync(join(destination, "tmp"));
  chmodSync(join(destination, "tmp"), 0o1777);
  symlinkSync("usr/bin", join(destination, "bin"));
  for (const program of programs) cpSync(realpathSync(program), join(destination, "usr/bin", basename(program)));
  const libraries = new Set(programs.flatMap((program) => librariesOf(realpathSync(program))));
  for (const library of libraries) {
    // At the place it was linked by; libraries of glibc find each other there.
    mkdirSync(join(destination, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(destination, library));
  }
}

function librariesOf(program) {
  return [...output("ldd", program).matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path]) => path);
}

/** The workspaces keep their places in the repository, and so do the packages they need. */
function copyBerth({ workspace, program }, destination) {
  const installed = output("npm", "ls", "--omit=dev", "--all", "--parseable", `--workspace=${workspace}`).trim();
  for (const path of installed.split("\n").filter((line) => line !== root)) {
    const place = relative(root, path);
    const real = relative(root, realpathSync(path));
    if (place === real) {
      cpSync(path, join(destination, place), { recursive: true });
      continue;
    }
    copyPacked(real, destination);
    mkdirSync(join(destination, dirname(place)), { recursive: true });
    symlinkSync(relative(dirname(place), real), join(destination, place));
  }
  symlinkSync(program, join(destination, "program.js"));
}

/** A workspace as it would be published, without tests. */
function copyPacked(workspace, destination) {
  const [packed] = JSON.parse(output("npm", "pack", "--dry-run", "--json", `--workspace=${workspace}`));
  for (const { path } of packed.files) cpSync(join(root, workspace, path), join(destination, workspace, path));
}

const context = mkdtempSync(join(tmpdir(), "berth-image-"));
try {
  copySystem(join(context, "system"));
  for (const image of IMAGES) {
    rmSync(join(context, "berth"), { recursive: true, force: true });
    copyBerth(image, join(context, "berth"));
    const { tag, stage } = image;
    const words = ["--quiet", "--tag", tag, "--target", stage, "--file", join(root, "scripts/image/Dockerfile")];
    console.log(`${tag} ${output(docker, "build", ...words, context).trim()}`);
  }
} finally {
  rmSync(context, { recursive: true, force: true });
}
