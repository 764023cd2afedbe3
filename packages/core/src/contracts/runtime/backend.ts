import type { Disposable } from './disposable.js';
import type { Feeds, KeptTensor, Tensor } from './tensor.js';
import type { Versioned } from './versioned.js';

/** A serialized ONNX model and where its external data lies. */
export interface ModelSource {
  /** The ONNX protobuf; at most 2 GB. Weights above a few megabytes belong into external data. */
  readonly bytes: Uint8Array;
  /** What error messages call the model. */
  readonly name?: string;
  /** Folder that external-data locations are relative to. Backends without a file system reject it. */
  readonly folder?: string;
  /**
   * External data by location, where it is in no folder. A backend that maps weights from files writes them
   * into the system's temporary folder until it is disposed.
   */
  readonly files?: ReadonlyMap<string, Uint8Array | Blob>;
}

/** How a session trades memory for speed. */
export interface SessionOptions {
  /**
   * Hold every weight once, as stored (memory-mapped where possible), instead of also in the runtime's packed
   * layout. About 8 % slower and half the memory.
   * @default false
   */
  readonly disablePrepacking?: boolean;
  /**
   * Threads inside one operator.
   * @default the backend's
   */
  readonly threads?: number;
  /**
   * Outputs that stay where they are computed: `runKeeping` gives them, and `run` does not.
   * @default none
   */
  readonly keep?: readonly string[];
  /**
   * Nodes, by name, that the processor computes on a device that is less exact: sines and cosines of large
   * angles.
   * @default none
   */
  readonly hostNodes?: readonly string[];
}

/** What a run may be told. */
export interface RunOptions {
  /**
   * Names of the outputs to fetch.
   * @default all but those that are kept
   */
  readonly fetches?: readonly string[];
  /** Takes effect before the run starts: a run in progress cannot be interrupted. */
  readonly signal?: AbortSignal | undefined;
}

/** One loaded model. */
export interface Session extends Disposable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Feeds, options?: RunOptions): Promise<Record<string, Tensor>>;
  /**
   * Runs the model and says which outputs stay where they were computed. Absent of backends that can keep
   * none.
   */
  runKeeping?(feeds: Feeds, options?: RunOptions): Promise<KeptRun>;
}

/** What a run fetched, and what it left where it was computed. */
export interface KeptRun {
  readonly outputs: Record<string, Tensor>;
  /** All outputs that the session was made to keep. The caller disposes them. */
  readonly kept: Record<string, KeptTensor>;
}

/**
 * A runtime for ONNX models. It is passed in by the application, never imported by a library. Disposing it
 * disposes every session that is still open, and any worker.
 */
export interface Backend extends Disposable, Versioned {
  readonly name: string;
  /**
   * Whether what it computes on is apart from the memory of JavaScript, so that it pays to leave tensors
   * there.
   * @default false
   */
  readonly isDevice?: boolean;
  createSession(model: ModelSource, options?: SessionOptions): Promise<Session>;
}
