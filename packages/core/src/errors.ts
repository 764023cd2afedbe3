/** What every EntRGi error carries: a stable code, the offending value and what to do about it. */
export interface ErrorDetails {
  /** The offending value, as received. */
  readonly value?: unknown;
  /** One sentence that says what to do. */
  readonly cure?: string;
  readonly cause?: unknown;
}

/** Base class of every error that EntRGi throws on purpose. `code` is stable across versions; `message` is not. */
export abstract class EntrgiError extends Error {
  abstract readonly code: string;
  readonly value: unknown;
  readonly cure: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(details.cure === undefined ? message : `${message} ${details.cure}`, { cause: details.cause });
    this.name = new.target.name;
    this.value = details.value;
    this.cure = details.cure;
  }
}

/** An argument is outside its domain: a wrong name, a negative count, an empty prompt. */
export class InvalidArgumentError extends EntrgiError {
  readonly code = 'invalid-argument';
}

/** A file is not a well-formed ONNX model, or is one that is unsafe to run. */
export class InvalidModelError extends EntrgiError {
  readonly code = 'invalid-model';
}

/** A checkpoint directory is incomplete, corrupt or contradicts itself. */
export class CheckpointError extends EntrgiError {
  readonly code = 'invalid-checkpoint';
}

/** What is asked for does not fit into the memory that there is, or that may be used. */
export class MemoryLimitError extends EntrgiError {
  readonly code = 'memory-limit';
}

/** A file that is needed cannot be written: no such folder, or no permission. */
export class NotWritableError extends EntrgiError {
  readonly code = 'not-writable';
}

/** An operator, architecture or feature that is not supported (yet). */
export class UnsupportedError extends EntrgiError {
  readonly code = 'unsupported';
}

/** A gradient was asked for through something that has none. */
export class NonDifferentiableError extends EntrgiError {
  readonly code = 'non-differentiable';
}

/** A NaN or an infinity where a finite number is needed. */
export class NumericalError extends EntrgiError {
  readonly code = 'not-finite';
}

/** The runtime (onnxruntime) is missing, of the wrong version, or failed. */
export class BackendError extends EntrgiError {
  readonly code = 'backend';
}

/** Nothing has that name: a path, a repository of the hub, a revision or file of it, or, offline, a file in the cache. */
export class NotFoundError extends EntrgiError {
  readonly code = 'not-found';
}

/** The hub refuses: a token is missing or wrong, or a licence has not been accepted. */
export class AccessError extends EntrgiError {
  readonly code = 'no-access';
}

/** A server cannot be reached or does not answer as it should. */
export class NetworkError extends EntrgiError {
  readonly code = 'network';
}

/** A download ended early, or its size or hash is not what was announced. */
export class DownloadError extends EntrgiError {
  readonly code = 'download';
}

/** No space is left where a file is being written. */
export class DiskFullError extends EntrgiError {
  readonly code = 'disk-full';
}
