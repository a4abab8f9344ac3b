/** Thrown for a setting that cannot be read: the agent stops rather than run with something weaker (SEC-005). */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  /** `where` is the file and line, the variable or the option; `remedy` is a sentence. */
  constructor(where: string, problem: string, remedy: string) {
    super(`${where}: ${problem}. ${remedy}`);
  }
}
