/** What an attachment can do beyond being talked to. Cases name what they need; what is missing makes them not applicable. */
export type AttachmentAbility =
  /** The agent can be stopped and started again over the same root. */
  | "restart"
  /** The agent can be killed without warning and started again over the same root. */
  | "kill"
  /** A second agent with a root, limits and environment of its own can be started. */
  | "launch"
  /** The suite can read the agent's root directory. */
  | "root"
  /** An agent can be started whose files cannot grow beyond a size. */
  | "room"
  /** An agent of an older version can be started, and the agent under test after it over the same root. */
  | "upgrade";

/** The limits a launched agent is asked to announce, by the environment variable `BERTH_LIMIT_<NAME>`, such as `BERTH_LIMIT_OWNERSHIP_WINDOW_MS`. */
export type RequestedLimits = Readonly<Record<string, number>>;

/** How a second agent is to be started. */
interface LaunchOptions {
  /** No file that the agent writes can grow beyond so many bytes, as on a disk that is full; needs `room`. */
  readonly roomBytes?: number;
  /** Announced limits asked for, by the field name of `Limits` in lowerCamelCase. */
  readonly limits?: RequestedLimits;
  /** Further environment variables; `BERTH_LISTEN` can be another one here, for an agent that has to refuse it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An agent under test. */
export interface AgentTarget {
  /** `host:port` of where it listens now; changes with a restart. */
  readonly address: string;
  readonly abilities: ReadonlySet<AttachmentAbility>;
  /** The agent's root directory; needs `root`. */
  readonly root: string;
  /** Ends the agent in an orderly way and starts it over the same root; needs `restart`. */
  restart(): Promise<void>;
  /** Ends the agent with SIGKILL and leaves it down; needs `kill`. */
  kill(): Promise<void>;
  /** Starts the agent again after `kill`. */
  start(): Promise<void>;
  /** Starts a second agent from the same command; needs `launch`. The caller stops it (a case does so through `onEnd`). */
  launch(options?: LaunchOptions): Promise<LaunchedAgent>;
  /** Starts an agent of an older version with a root of its own; needs `upgrade`. The caller stops it. */
  launchOlder(): Promise<UpgradableAgent>;
}

/** A second agent, which its case stops. */
export interface LaunchedAgent extends AgentTarget {
  /** Ends the agent in an orderly way, moves its root elsewhere, and starts it there. */
  moveRoot(): Promise<void>;
  /** Ends it and removes its root. */
  stop(): Promise<void>;
}

/** An agent of an older version, which its case stops. */
export interface UpgradableAgent extends Pick<AgentTarget, "address" | "root"> {
  /** Ends it in an orderly way, does `meanwhile`, and starts the agent under test over the same root; `address` is then that one's. */
  upgrade(meanwhile?: () => Promise<void>): Promise<void>;
  /** Ends what runs and removes the root. */
  stop(): Promise<void>;
}

/** How a step of a server under test ended. */
export interface StepResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A step that is under way. */
export interface RunningStep {
  /** Ends it without warning. */
  kill(signal?: NodeJS.Signals): void;
  readonly ended: Promise<StepResult>;
}

/** One installation of a server under test: a home of its own, driven by command lines. */
export interface ServerInstallation {
  readonly home: string;
  /** Runs one step to its end, such as `["sync", "agent-1"]`. */
  step(...words: string[]): Promise<StepResult>;
  /** Begins a step. */
  begin(...words: string[]): RunningStep;
}

/** A server under test. */
export interface ServerTarget {
  /** Makes a new installation with an empty home. */
  install(): Promise<ServerInstallation>;
}
