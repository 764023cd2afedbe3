import type { Random } from './random.js';

/** Bytes with something changed; `others` are inputs to take pieces from. */
export type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

/** Something that reads what strangers wrote. */
export interface Target {
  /** Sound inputs that the mutations start from: small ones, since the time of a case is theirs. */
  inputs(): Promise<readonly Uint8Array[]>;
  readonly mutations: readonly Mutation[];
  /** Reads the bytes: comes back, or throws an EntrgiError. Anything else is a finding. */
  attempt(bytes: Uint8Array): unknown;
}
