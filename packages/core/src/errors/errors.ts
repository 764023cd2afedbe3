import { clipMessage } from './clip-message.js';

/** What every EntRGi error carries: a stable code, the offending value and what to do about it. */
export interface ErrorDetails {
  /** The offending value, as received. */
  readonly value?: unknown;
  /** Name of the argument or option that is at fault, where one is: `steps`, `filters[1]`, `adaptor`. */
  readonly argument?: string | undefined;
  /** One sentence that says what to do. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** What tells our errors from others, in every copy of this package that a program may have loaded. */
const brand = Symbol.for('@entrgi/error');

/**
 * Base class of every error that EntRGi throws on purpose. `code` is stable across versions; `message` is
 * not, and shows long names by their beginning and end (`value` is whole).
 */
export abstract class EntrgiError extends Error {
  abstract readonly code: string;
  declare readonly value: unknown;
  /** Name of the argument or option that is at fault, where one is. */
  declare readonly argument: string | undefined;
  declare readonly hint: string | undefined;

  /**
   * Whether `error` is of this class, by its code: unlike `instanceof`, also where another copy of the
   * package has thrown it.
   */
  static isInstance<T extends EntrgiError>(
    this: (abstract new (message: string) => T) & { readonly code?: string },
    error: unknown,
  ): error is T {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    // biome-ignore lint/complexity/noThisInStatic: of the class that is asked
    return this.code === undefined || (error as unknown as EntrgiError).code === this.code;
  }

  constructor(message: string, { value, argument, hint, cause }: ErrorDetails = {}) {
    super(clipMessage(hint === undefined ? message : `${message} ${hint}`), { cause });
    this.name = new.target.name;
    const { code } = new.target as { readonly code?: string };
    Object.assign(this, { code, value, argument, hint });
    Object.defineProperty(this, brand, { value: true });
  }
}

/** An argument is outside its domain: a wrong name, a negative count, an empty prompt. */
export class InvalidArgumentError extends EntrgiError {
  static readonly code = 'invalid-argument';
  declare readonly code: typeof InvalidArgumentError.code;
}

/** A file is not a well-formed ONNX model, or is one that is unsafe to run. */
export class InvalidModelError extends EntrgiError {
  static readonly code = 'invalid-model';
  declare readonly code: typeof InvalidModelError.code;
}

/** A checkpoint directory is incomplete, corrupt or contradicts itself. */
export class CheckpointError extends EntrgiError {
  static readonly code = 'invalid-checkpoint';
  declare readonly code: typeof CheckpointError.code;
}

/** What is asked for does not fit into the memory that there is, or that may be used. */
export class MemoryLimitError extends EntrgiError {
  static readonly code = 'memory-limit';
  declare readonly code: typeof MemoryLimitError.code;
}

/** A file that is needed cannot be written: no such folder, or no permission. */
export class NotWritableError extends EntrgiError {
  static readonly code = 'not-writable';
  declare readonly code: typeof NotWritableError.code;
}

/** An operator, architecture or feature that is not supported (yet). */
export class UnsupportedError extends EntrgiError {
  static readonly code = 'unsupported';
  declare readonly code: typeof UnsupportedError.code;
}

/** A gradient was asked for through something that has none. */
export class NonDifferentiableError extends EntrgiError {
  static readonly code = 'non-differentiable';
  declare readonly code: typeof NonDifferentiableError.code;
}

/** A NaN or an infinity where a finite number is needed. */
export class NumericalError extends EntrgiError {
  static readonly code = 'not-finite';
  declare readonly code: typeof NumericalError.code;
}

/** The runtime (onnxruntime) is missing, of the wrong version, or failed. */
export class BackendError extends EntrgiError {
  static readonly code = 'backend';
  declare readonly code: typeof BackendError.code;
}

/** The graphics device is gone, with all that was on it: its driver was restarted, or its process ended. */
export class DeviceLostError extends EntrgiError {
  static readonly code = 'device-lost';
  declare readonly code: typeof DeviceLostError.code;
}

/**
 * Nothing has that name: a path, a repository of the hub, a revision or file of it, or, offline, a file in
 * the cache.
 */
export class NotFoundError extends EntrgiError {
  static readonly code = 'not-found';
  declare readonly code: typeof NotFoundError.code;
}

/** The hub refuses: a token is missing or wrong, or a licence has not been accepted. */
export class AccessError extends EntrgiError {
  static readonly code = 'no-access';
  declare readonly code: typeof AccessError.code;
}

/** A server cannot be reached or does not answer as it should. */
export class NetworkError extends EntrgiError {
  static readonly code = 'network';
  declare readonly code: typeof NetworkError.code;
}

/** A download ended early, or its size or hash is not what was announced. */
export class DownloadError extends EntrgiError {
  static readonly code = 'download';
  declare readonly code: typeof DownloadError.code;
}

/** No space is left where a file is being written. */
export class DiskFullError extends EntrgiError {
  static readonly code = 'disk-full';
  declare readonly code: typeof DiskFullError.code;
}
