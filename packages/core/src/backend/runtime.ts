import type { KeptTensor, Tensor } from '../contracts/runtime/tensor.js';

/** What a session says about one of its inputs or outputs; dimensions are sizes or symbols. */
export interface ValueInfo {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string | undefined)[];
}

/** A session that a runtime has created: its number, and what the model declares. */
export interface SessionInfo {
  readonly id: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** A tensor that a runtime keeps, by its number. */
export type KeptNumber = Pick<KeptTensor, 'type' | 'dims' | 'kept'>;

/**
 * A runtime's sessions by number, in this thread or behind a worker. Errors are plain, some with a `hint`.
 */
export interface Runtime {
  create(bytes: Uint8Array, settings: object): Promise<SessionInfo>;
  /** Of the outputs that the session was made to keep, their numbers. */
  run(
    id: number,
    feeds: Readonly<Record<string, Tensor | KeptNumber>>,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor | KeptNumber>>;
  /** Forgets a tensor that it kept. */
  drop(kept: number): Promise<void>;
  release(id: number): Promise<void>;
  /** Releases all sessions that are left. */
  close(): Promise<void>;
}
