import { noHostLoaded } from "../errors/agent-failures.ts";
import type { AgentSession } from "../handshake/negotiate.ts";
import type { WantedManifest } from "../sync/wanted-manifest.ts";

/** The host that an operation of the older dialects has to name (LEG-041). */
export interface LoadedHost {
  readonly name: string;
  readonly entry: string;
}

/** The loaded host, of which there is at most one. Throws a `Failure` where there is none. */
export function requireLoadedHost({ packages }: WantedManifest, { agentVersion }: AgentSession): LoadedHost {
  const host = packages.find(({ kind }) => kind === "host");
  if (host?.entry === undefined) throw noHostLoaded(agentVersion);
  return { name: host.name, entry: host.entry };
}
