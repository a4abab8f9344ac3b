/** One committed manifest in one instance: whole, verified and immutable. */
export interface Generation {
  /** The SHA-256 of its canonical manifest: 32 bytes. */
  readonly manifestDigest: Buffer;
  /** The absolute path of its directory. */
  readonly directory: string;
  /** The absolute path of the directory that holds one directory for each extension, named as its package (OP-051). It always exists. */
  readonly extensionsDirectory: string;
  /** The host package, when the manifest has one (OP-003). */
  readonly host: GenerationHost | undefined;
  /** Keeps the generation from being collected until the function it answers with is called; calling that twice does nothing (SYNC-056). */
  hold(): () => void;
}

/** The host package of a generation. */
export interface GenerationHost {
  readonly name: string;
  readonly version: string;
  /** The absolute path of the file that starts the host (OP-050). */
  readonly entryPath: string;
}
