import type { Disposable } from './disposable.js';
import type { Tensor } from './tensor.js';

/** A serialized ONNX model and where its external data lies. */
export interface ModelSource {
  /** The ONNX protobuf; at most 2 GB. Weights above a few megabytes belong into external data. */
  readonly bytes: Uint8Array;
  /** What error messages call the model. */
  readonly name?: string;
  /** Folder that external-data locations are relative to. Backends without a file system reject it. */
  readonly folder?: string;
  /** External data by location, for backends without a file system. */
  readonly files?: ReadonlyMap<string, Uint8Array | Blob>;
}

/** How a session trades memory for speed. */
export interface SessionOptions {
  /**
   * Hold every weight once, as stored (memory-mapped where possible), instead of also in the runtime's packed layout.
   * About 8 % slower and half the memory. Default: false.
   */
  readonly disablePrepacking?: boolean;
  /** Threads inside one operator. Default: the backend's. */
  readonly threads?: number;
}

/** What a run may be told. */
export interface RunOptions {
  /** Names of the outputs to fetch. Default: all. */
  readonly fetches?: readonly string[];
  /** Takes effect before the run starts: a run in progress cannot be interrupted. */
  readonly signal?: AbortSignal | undefined;
}

/** One loaded model. */
export interface Session extends Disposable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Record<string, Tensor>>;
}

/**
 * A runtime for ONNX models. It is passed in by the application, never imported by a library. Disposing it disposes every session that is still
 * open, and any worker.
 */
export interface Backend extends Disposable {
  readonly name: string;
  createSession(model: ModelSource, options?: SessionOptions): Promise<Session>;
}
