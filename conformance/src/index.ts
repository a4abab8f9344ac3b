// The public entry point: the suite inside somebody's own mocha. Everything else is the command's.
export { type AgentMountOptions, mountAgentSuite } from "./library/mount-agent-suite.ts";
export type { MountOptions } from "./library/mount-options.ts";
export { mountServerSuite, type ServerMountOptions } from "./library/mount-server-suite.ts";
export type { KnownFailure } from "./runner/known-failures-file.ts";
