/** How an operation ended. */
export interface OperationResult {
  readonly agent: string;
  /** The dialect in which it was run. */
  readonly dialect: number;
  /** Undefined in the dialects before 49, where operations have no id of the server's. */
  readonly operationId: string | undefined;
  /** The state's name, such as "EXITED". */
  readonly state: string;
  /** Only where the state is EXITED. */
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly outputBytes: number;
  readonly outputTruncated: boolean;
}

/** Takes an operation's output, byte for byte, in the order the agent received it. Resolves when there is room for more. */
export type OutputSink = (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;
