import type { Random } from '../fuzz/random.js';

/** What is wrong with how a case ended. */
export type FindingKind = 'crash' | 'hang' | 'untyped' | 'left behind' | 'wrong accept' | 'wrong refusal';

/** Thrown by a case that sees for itself that something is wrong. */
export class HostileFinding extends Error {
  constructor(
    readonly kind: FindingKind,
    message: string,
  ) {
    super(message);
    this.name = 'HostileFinding';
  }
}

/** Longest that a case may take, in milliseconds. */
export const LIMIT = 3000;

/** One thing that a stranger might feed us. */
export interface HostileCase {
  readonly name: string;
  /** Whether it must end in a typed error, must work, or may do either. */
  readonly expected: 'refused' | 'works' | 'either';
  /** Puts the input into an empty folder. */
  prepare?(folder: string): Promise<unknown>;
  /** Feeds it to us: comes back, or throws an EntrgiError. Anything else is a finding. */
  run(folder: string): Promise<unknown>;
  /** Files, besides those of `prepare`, that may be there afterwards. */
  readonly leaves?: RegExp;
  /** Longest time in milliseconds, where it is not LIMIT: where the case holds several passes, or where starting processes or waiting on purpose is part of it. It then sees for itself what takes too long. */
  readonly limit?: number;
}

/** A way to be hostile; draws decide how. */
export type HostileKind = (random: Random) => HostileCase;

/** The kinds of a group, by turns. */
export type HostileGroup = Readonly<Record<string, HostileKind>>;
