/** How far a long piece of work has come; both counts only grow. */
interface ProgressState {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Takes progress as often as there is any; showing it is the receiver's matter. */
export type ReportProgress = (state: ProgressState) => void;
