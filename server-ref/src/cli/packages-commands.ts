import { Argument, type Command, Option } from "commander";
import { publishingInterrupted } from "../errors/package-failures.ts";
import { listPackages, type PackageKind, type StoredPackage, usePackage } from "../home/packages.ts";
import { addPackage } from "../publishing/add-package.ts";
import { removePackage } from "../publishing/remove-package.ts";
import { formatExamples, frame, type Options, runInFrame } from "./command-frame.ts";
import { interruptible } from "./interruption.ts";
import { showingProgress } from "./progress.ts";
import { formatSize } from "./size.ts";
import { formatTable } from "./table.ts";

const kinds = ["extension", "host"];

/** `packages add|list|use|remove`. */
export function addPackagesCommands(program: Command): void {
  const packages = program
    .command("packages")
    .description("publish the extensions and host binaries that agents are brought to")
    .addHelpText(
      "after",
      formatExamples([
        "packages add ./files-1.4.0 --kind extension --name Files --version 1.4.0",
        "packages list",
        "packages use extension Files 1.3.0",
      ]),
    );

  frame(
    packages
      .command("add <dir>")
      .description("publish a directory as a package version, and load it")
      .addOption(new Option("--kind <kind>", "what it is").choices(kinds).makeOptionMandatory())
      .requiredOption("--name <name>", "its name")
      .requiredOption("--version <version>", "its version")
      .option("--entry <path>", "for a host: the path, in the package, of the executable that starts it"),
    [
      "packages add ./files-1.4.0 --kind extension --name Files --version 1.4.0",
      "packages add ./host --kind host --name node-host --version 2.0.0 --entry bin/host",
    ],
  ).action(
    (directory: string, options: Options<{ kind: PackageKind; name: string; version: string; entry?: string }>) =>
      runInFrame(options, async ({ home, output }) => {
        const { kind, name, version, entry } = options;
        const added = await interruptible({ failure: publishingInterrupted(), say: output.say }, (signal) =>
          showingProgress(`Publishing ${name} ${version}`, (report) =>
            addPackage(home, { directory, kind, name, version, entry }, report, signal),
          ),
        );
        output.answer(describe(added), [
          `Added ${kind} ${name} ${version}: ${added.fileCount} files, ${formatSize(added.contentBytes)}, packed to ${formatSize(added.packBytes)}. It is loaded.`,
        ]);
      }),
  );

  frame(packages.command("list").description("list every package version"), ["packages list"]).action(
    (options: Options) =>
      runInFrame(options, ({ home, output }) => {
        const all = listPackages(home);
        const rows = all.map((one) => [
          one.kind,
          one.name,
          one.version,
          one.loaded ? "loaded" : "",
          String(one.fileCount),
          formatSize(one.contentBytes),
          one.entry ?? "",
        ]);
        output.answer(
          all.map(describe),
          formatTable(["KIND", "NAME", "VERSION", "LOADED", "FILES", "SIZE", "ENTRY"], rows),
        );
      }),
  );

  frame(keyed(packages.command("use")).description("load this version in place of the one that is loaded"), [
    "packages use extension Files 1.3.0",
  ]).action((kind: PackageKind, name: string, version: string, options: Options) =>
    runInFrame(options, ({ home, output }) => {
      const used = usePackage(home, { kind, name, version });
      output.answer(describe(used), [`${kind} ${used.name} ${used.version} is loaded.`]);
    }),
  );

  frame(keyed(packages.command("remove")).description("forget a package version and delete its content"), [
    "packages remove extension Files 1.3.0",
  ]).action((kind: PackageKind, name: string, version: string, options: Options) =>
    runInFrame(options, ({ home, output }) => {
      const removed = removePackage(home, { kind, name, version });
      const afterwards = removed.loaded ? ` No version of it is loaded now.` : "";
      output.answer({ ...describe(removed), loaded: false }, [
        `Removed ${kind} ${removed.name} ${removed.version}.${afterwards}`,
      ]);
    }),
  );
}

function keyed(command: Command): Command {
  return command
    .addArgument(new Argument("<kind>", "what it is").choices(kinds))
    .argument("<name>", "its name, in any case")
    .argument("<version>", "its version");
}

function describe({ kind, name, version, entry, loaded, fileCount, contentBytes, packBytes }: StoredPackage) {
  return { kind, name, version, entry: entry ?? null, loaded, files: fileCount, contentBytes, packBytes };
}
