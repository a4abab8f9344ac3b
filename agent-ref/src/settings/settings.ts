import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { AGENT_VERSIONS, type AgentVersion } from "../handshake/agent-version.ts";
import { defaultLimits } from "../limits.ts";
import type { LimitSettings } from "./limit-settings.ts";
import type { ListenAddress } from "./setting-values.ts";
import { SettingsError } from "./settings-error.ts";

/** What one source says: a settings file, the environment or the command line. */
export interface PartialSettings {
  readonly root?: string | undefined;
  readonly listen?: ListenAddress | undefined;
  readonly agentVersion?: AgentVersion | undefined;
  readonly plaintext?: boolean | undefined;
  readonly insecurePlaintextBeyondLoopback?: boolean | undefined;
  readonly readyFile?: string | undefined;
  readonly limits?: LimitSettings | undefined;
}

/** Everything an agent is told. */
export interface Settings {
  readonly root: string;
  readonly listen: ListenAddress;
  readonly agentVersion: AgentVersion;
  readonly plaintext: boolean;
  readonly insecurePlaintextBeyondLoopback: boolean;
  /** Where to write the address once the agent serves. */
  readonly readyFile: string | undefined;
  readonly limits: Limits;
}

export const DEFAULT_LISTEN = "127.0.0.1:44949";

/** Puts the sources together: each of them wins over those before it. Throws SettingsError when no root is named. */
export function mergeSettings(sources: readonly PartialSettings[]): Settings {
  const last = <Name extends keyof PartialSettings>(name: Name) =>
    sources.findLast((source) => source[name] !== undefined)?.[name];
  const root = last("root");
  if (root === undefined) {
    throw new SettingsError("--root", "no root is named", "Say which directory the agent keeps everything in.");
  }
  const limits = { ...defaultLimits };
  for (const source of sources) Object.assign(limits, withoutUndefined(source.limits ?? {}));
  return {
    root,
    listen: last("listen") ?? { host: "127.0.0.1", port: 44_949 },
    agentVersion: last("agentVersion") ?? AGENT_VERSIONS[0],
    plaintext: last("plaintext") ?? false,
    insecurePlaintextBeyondLoopback: last("insecurePlaintextBeyondLoopback") ?? false,
    readyFile: last("readyFile"),
    limits,
  };
}

function withoutUndefined(limits: LimitSettings): LimitSettings {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
