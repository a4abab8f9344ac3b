import type { AgentTarget, AttachmentAbility, ServerTarget } from "./attach/target.ts";
import type { Dialect } from "./dialect.ts";
import type { RealPackages } from "./material/real-packages.ts";
import type { AgentPeer, AgentPeerOptions } from "./peers/agent-peer.ts";
import type { ServerPeer, ServerPeerOptions } from "./peers/server-peer.ts";
import type { ProductVersion } from "./product-version.ts";

/** What every case says of itself. The level is not among it: it is the level of the clauses. */
export interface CaseRecord {
  /** Permanent, never reused: lower-case letters, digits and hyphens, such as `path-dot-segment`. */
  readonly id: string;
  /** The clauses this case judges, the one it is mainly about first. */
  readonly clauses: readonly [string, ...string[]];
  /** A sentence that is true of a conformant implementation. */
  readonly title: string;
  /**
   * The dialects this case is for; 49 alone when absent. A case that judges an agent is not applicable where the agent speaks none of
   * them; of a case that judges a server they are what the suite's agent speaks.
   */
  readonly dialects?: readonly Dialect[];
  /** Features, as `name@version`, without which the case is not applicable. */
  readonly features?: readonly string[];
  /** What the attachment has to be able to do; without it the case is not applicable. */
  readonly abilities?: readonly AttachmentAbility[];
  /** For a negative case: the id of the positive case that differs in the one thing at fault. It runs first; if it does not pass, this case is blocked. */
  readonly twin?: string;
  /** True when the verdict depends on elapsed time: a failure is repeated alone before it is believed. */
  readonly timed?: boolean;
  /** The longest this case takes, in milliseconds before they are stretched, where the suite's usual bound is too short for it. */
  readonly atMostMs?: number;
}

/** A case that judges an agent; the suite plays the servers. */
export interface AgentCase extends CaseRecord {
  run(context: AgentContext): Promise<void>;
}

/** A case that judges a server; the suite plays the agents. */
export interface ServerCase extends CaseRecord {
  /** True where the server has to use an InstanceId: not applicable to a version below its product's minimum, which must not (INST-042). */
  readonly usesInstanceId?: true;
  run(context: ServerContext): Promise<void>;
}

/** What every running case can use. */
export interface CaseContext {
  /** The next number in [0, 1) of a sequence that the run's seed and the case id determine. */
  random(): number;
  /** A bound in milliseconds, stretched by `--time-scale` and by the calibration of this machine. */
  scaledMs(ms: number): number;
  /** Records what the target does where the specification leaves it open; the case ends as observed unless it fails. */
  observe(fact: string): void;
  /** Ends the case as not applicable. */
  notApplicable(reason: string): never;
  /** Registers work to be done when the case has ended, however it ended; the last registered is done first. */
  onEnd(cleanup: () => Promise<void> | void): void;
  /** The real packages this run was given with `--package`; the case ends as not applicable when there are none. */
  realPackages(): Promise<RealPackages>;
  /** A directory of this case's own, removed afterwards. */
  readonly directory: string;
}

/** What a case that judges an agent can use. */
export interface AgentContext extends CaseContext {
  /** The agent under test. */
  readonly agent: AgentTarget;
  /** The version it is judged as. */
  readonly agentVersion: number;
  /** The dialects that this version has to speak, lowest first. */
  readonly dialects: readonly Dialect[];
  /** A product name of this case's own, so that cases on one agent do not meet. */
  readonly product: string;
  /** A server of the suite's, connected to the agent under test (or to another target) from a chosen source address; closed at the end. */
  connect(options?: ServerPeerOptions): Promise<ServerPeer>;
}

/** What a case that judges a server can use. */
export interface ServerContext extends CaseContext {
  /** The server under test. */
  readonly server: ServerTarget;
  /** What it is set to be, unless a case says otherwise. */
  readonly productVersion: ProductVersion;
  /** An agent of the suite's, listening on a free port of loopback; closed at the end. */
  agent(options?: AgentPeerOptions): Promise<AgentPeer>;
}
