import type { Command } from "commander";
import { explainWithheldInstanceId } from "../handshake/withheld-instance-id.ts";
import type { ServerHome } from "../home/server-home.ts";
import { getSetting, listSettings, setSetting, settingsAbout, unsetSetting } from "../home/settings.ts";
import { formatExamples, frame, type Options, runInFrame } from "./command-frame.ts";
import type { Output } from "./output.ts";
import { formatTable } from "./table.ts";

/** Every command is a start of the server, which reads its settings then and not again. */
const whenItTakesEffect =
  "It takes effect at the server's next start: with the next command; a sync or run that is under way keeps what it began with.";

function warnOfWithheldId(home: ServerHome, output: Output): void {
  const sentence = explainWithheldInstanceId(home);
  if (sentence !== undefined) output.warn(sentence);
}

/** `settings list|get|set|unset`. */
export function addSettingsCommands(program: Command): void {
  const settings = program
    .command("settings")
    .description("show and change what this server says about itself")
    .addHelpText(
      "after",
      `\nSettings:\n${settingsAbout.map(({ name, about }) => `  ${name.padEnd(22)}  ${about}`).join("\n")}`,
    )
    .addHelpText("after", formatExamples(["settings list", "settings set Agent.InstanceId blue"]));

  frame(settings.command("list").description("list every setting"), ["settings list", "settings list --json"]).action(
    (options: Options) =>
      runInFrame(options, ({ home, output }) => {
        const all = listSettings(home);
        const rows = all.map(({ name, value, isDefault, about }) => [
          name,
          value ?? "(unset)",
          isDefault ? "default" : "set",
          about,
        ]);
        output.answer(
          all.map(({ name, value, isDefault }) => ({ name, value: value ?? null, isDefault })),
          formatTable(["NAME", "VALUE", "BY", "ABOUT"], rows),
        );
      }),
  );

  frame(settings.command("get <name>").description("show one setting"), ["settings get Agent.InstanceId"]).action(
    (name: string, options: Options) =>
      runInFrame(options, ({ home, output }) => {
        const { value, isDefault } = getSetting(home, name);
        output.answer({ name, value: value ?? null, isDefault }, [value ?? ""]);
      }),
  );

  frame(settings.command("set <name> <value>").description("change one setting"), [
    'settings set Agent.InstanceId "build cluster 2"',
    "settings set Server.Product BuildMaster",
    "settings set Server.Identity off",
  ]).action((name: string, value: string, options: Options) =>
    runInFrame(options, ({ home, output }) => {
      setSetting(home, name, value);
      output.answer({ name, value }, [`${name} is now ${JSON.stringify(value)}. ${whenItTakesEffect}`]);
      warnOfWithheldId(home, output);
    }),
  );

  frame(settings.command("unset <name>").description("return one setting to its default"), [
    "settings unset Agent.InstanceId",
  ]).action((name: string, options: Options) =>
    runInFrame(options, ({ home, output }) => {
      unsetSetting(home, name);
      const { value } = getSetting(home, name);
      const now = value === undefined ? "unset" : `${JSON.stringify(value)}, its default`;
      output.answer({ name, value: value ?? null }, [`${name} is now ${now}. ${whenItTakesEffect}`]);
      warnOfWithheldId(home, output);
    }),
  );
}
