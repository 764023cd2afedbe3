/**
 * What holds memory, threads or files until it is disposed: by `dispose`, or where the block of an `await
 * using` ends.
 */
export interface Disposable extends AsyncDisposable {
  /** Frees what is held. Calling it twice is harmless. */
  dispose(): Promise<void>;
}
