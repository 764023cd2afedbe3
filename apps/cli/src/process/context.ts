import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A stream that may be a keyboard. */
export type Input = Readable & { readonly isTTY?: boolean };

/** What a command may touch of the process: injected, so that tests run commands in their own process. */
export interface Context {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Exit statuses, part of the contract of the command line. */
export const exitStatus = { success: 0, error: 1, usage: 2, interrupted: 130 } as const;
