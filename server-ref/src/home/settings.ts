import { parseInstanceId } from "@berth/proto/rules/instance-id";
import { parseProduct } from "@berth/proto/rules/product";
import { parseProductVersion } from "@berth/proto/rules/product-version";
import { z } from "zod";
import { settingInvalid, settingUnknown, storedSettingDamaged } from "../errors/home-failures.ts";
import { readOwnVersion } from "./own-version.ts";
import type { ServerHome } from "./server-home.ts";

/** One thing an operator can set. */
interface SettingDefinition {
  readonly schema: z.ZodType<string, string>;
  readonly defaultValue: () => string | undefined;
  readonly about: string;
}

type Parsed = { ok: true } | { ok: false; reason: string };

function ruled(parse: (text: string) => Parsed) {
  return z.string().superRefine((text, context) => {
    const parsed = parse(text);
    if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.reason });
  });
}

const definitions = {
  "Agent.InstanceId": {
    schema: ruled(parseInstanceId),
    defaultValue: () => undefined,
    about:
      "names this server's instance on every agent from version 44; needed only where the agents cannot tell servers apart by themselves",
  },
  "Server.Product": {
    schema: ruled(parseProduct),
    defaultValue: () => "Berth",
    about: "the product this server is an installation of",
  },
  "Server.ProductVersion": {
    schema: ruled(parseProductVersion),
    defaultValue: readOwnVersion,
    about: "the version of the product",
  },
  "Server.Identity": {
    schema: z.enum(["on", "off"], { error: "it is on or off" }),
    defaultValue: () => "on",
    about: "whether the feature server-identity@1 is offered to agents",
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof definitions;

/** The names of all settings. */
const settingNames = Object.keys(definitions) as SettingName[];

/** What each setting is for. */
export const settingsAbout = settingNames.map((name) => ({ name, about: definitions[name].about }));

/** One setting as it stands; `value` is undefined where it is unset and has no default. */
export interface Setting {
  readonly name: SettingName;
  readonly value: string | undefined;
  readonly isDefault: boolean;
  readonly about: string;
}

/** Reads one setting. Throws `invalidInput` for an unknown name and `homeDamaged` for a stored value outside its rule. */
export function getSetting(home: ServerHome, name: string): Setting {
  const known = requireKnown(name);
  const { schema, defaultValue, about } = definitions[known];
  const row = home.database.prepare("SELECT value FROM settings WHERE name = ?").get(known);
  if (!row) return { name: known, value: defaultValue(), isDefault: true, about };
  const value = String(row.value);
  const checked = schema.safeParse(value);
  if (!checked.success) throw storedSettingDamaged(known, value, reasonIn(checked.error));
  return { name: known, value, isDefault: false, about };
}

/** Every setting, in a fixed order. */
export function listSettings(home: ServerHome): Setting[] {
  return settingNames.map((name) => getSetting(home, name));
}

/** Stores a value exactly as given, once its rule accepts it. */
export function setSetting(home: ServerHome, name: string, value: string): void {
  const known = requireKnown(name);
  const checked = definitions[known].schema.safeParse(value);
  if (!checked.success) throw settingInvalid(known, reasonIn(checked.error));
  home.database
    .prepare("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
    .run(known, value);
}

/** Returns a setting to its default. Works on a damaged value too, because it is the way out of one. */
export function unsetSetting(home: ServerHome, name: string): void {
  home.database.prepare("DELETE FROM settings WHERE name = ?").run(requireKnown(name));
}

function requireKnown(name: string): SettingName {
  const known = settingNames.find((one) => one === name);
  if (!known) throw settingUnknown(name, settingNames);
  return known;
}

function reasonIn(error: z.ZodError): string {
  return error.issues[0]?.message ?? "it is not valid";
}
