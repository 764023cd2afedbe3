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
 * Base class of every error that EntRGi throws on purpose. `code` is stable across versions; `message` is not, and shows long names by their beginning and end
 * (`value` is whole).
 */
export abstract class EntrgiError extends Error {
  abstract readonly code: string;
  readonly value: unknown;
  /** Name of the argument or option that is at fault, where one is. */
  readonly argument: string | undefined;
  readonly hint: string | undefined;

  /** Whether `error` is of this class, by its code: unlike `instanceof`, also where another copy of the package has thrown it. */
  static isInstance<T extends EntrgiError>(
    this: (abstract new (message: string) => T) & { readonly code?: string },
    error: unknown,
  ): error is T {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    // biome-ignore lint/complexity/noThisInStatic: of the class that is asked
    return this.code === undefined || (error as unknown as EntrgiError).code === this.code;
  }

  constructor(message: string, details: ErrorDetails = {}) {
    super(clipMessage(details.hint === undefined ? message : `${message} ${details.hint}`), {
      cause: details.cause,
    });
    this.name = new.target.name;
    Object.defineProperty(this, brand, { value: true });
    this.value = details.value;
    this.argument = details.argument;
    this.hint = details.hint;
  }
}

/** An argument is outside its domain: a wrong name, a negative count, an empty prompt. */
export class InvalidArgumentError extends EntrgiError {
  static readonly code = 'invalid-argument';
  readonly code = InvalidArgumentError.code;
}

/** A file is not a well-formed ONNX model, or is one that is unsafe to run. */
export class InvalidModelError extends EntrgiError {
  static readonly code = 'invalid-model';
  readonly code = InvalidModelError.code;
}

/** A checkpoint directory is incomplete, corrupt or contradicts itself. */
export class CheckpointError extends EntrgiError {
  static readonly code = 'invalid-checkpoint';
  readonly code = CheckpointError.code;
}

/** What is asked for does not fit into the memory that there is, or that may be used. */
export class MemoryLimitError extends EntrgiError {
  static readonly code = 'memory-limit';
  readonly code = MemoryLimitError.code;
}

/** A file that is needed cannot be written: no such folder, or no permission. */
export class NotWritableError extends EntrgiError {
  static readonly code = 'not-writable';
  readonly code = NotWritableError.code;
}

/** An operator, architecture or feature that is not supported (yet). */
export class UnsupportedError extends EntrgiError {
  static readonly code = 'unsupported';
  readonly code = UnsupportedError.code;
}

/** A gradient was asked for through something that has none. */
export class NonDifferentiableError extends EntrgiError {
  static readonly code = 'non-differentiable';
  readonly code = NonDifferentiableError.code;
}

/** A NaN or an infinity where a finite number is needed. */
export class NumericalError extends EntrgiError {
  static readonly code = 'not-finite';
  readonly code = NumericalError.code;
}

/** The runtime (onnxruntime) is missing, of the wrong version, or failed. */
export class BackendError extends EntrgiError {
  static readonly code = 'backend';
  readonly code = BackendError.code;
}

/** Nothing has that name: a path, a repository of the hub, a revision or file of it, or, offline, a file in the cache. */
export class NotFoundError extends EntrgiError {
  static readonly code = 'not-found';
  readonly code = NotFoundError.code;
}

/** The hub refuses: a token is missing or wrong, or a licence has not been accepted. */
export class AccessError extends EntrgiError {
  static readonly code = 'no-access';
  readonly code = AccessError.code;
}

/** A server cannot be reached or does not answer as it should. */
export class NetworkError extends EntrgiError {
  static readonly code = 'network';
  readonly code = NetworkError.code;
}

/** A download ended early, or its size or hash is not what was announced. */
export class DownloadError extends EntrgiError {
  static readonly code = 'download';
  readonly code = DownloadError.code;
}

/** No space is left where a file is being written. */
export class DiskFullError extends EntrgiError {
  static readonly code = 'disk-full';
  readonly code = DiskFullError.code;
}
