/** Something that works and is likely not what was meant. */
export interface Warning {
  /** Stable across versions; `message` is not. */
  readonly code: 'token-coverage';
  /** What it is, with its numbers, and what to do about it. */
  readonly message: string;
  /** What is unusual, as it was found. */
  readonly value: unknown;
}

/** Who is told of warnings: an option of whatever may have one. */
export type OnWarning = (warning: Warning) => void;
