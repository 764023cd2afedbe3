import type { Budget } from '../text/budget.js';

/** Pieces of text to ids. */
export interface Model {
  /**
   * Appends the ids of a piece that is not empty. Those of `forbidden`, one set for the life of the model or
   * the empty one, are not among them: the vocabulary does as if it had no such tokens.
   */
  append(ids: number[], text: string, budget: Budget, forbidden: ReadonlySet<number>): void;
  readonly ids: ReadonlyMap<string, number>;
  /** How many tokens the vocabulary has: the first id that an added token may get. */
  readonly size: number;
  readonly unknownId: number | undefined;
}
