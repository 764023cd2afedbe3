import type { Component } from '../file/component.js';
import type { Budget } from '../text/budget.js';
import { bpe } from './bpe.js';
import { unigram } from './unigram.js';
import { wordLevel } from './word-level.js';
import { wordPiece } from './word-piece.js';

/** Pieces of text to ids. */
export interface Model {
  /**
   * Appends the ids of a piece that is not empty. Those of `forbidden`, one set for the life of the model or the empty one, are not among them:
   * the vocabulary does as if it had no such tokens.
   */
  append(ids: number[], text: string, budget: Budget, forbidden: ReadonlySet<number>): void;
  readonly ids: ReadonlyMap<string, number>;
  /** How many tokens the vocabulary has: the first id that an added token may get. */
  readonly size: number;
  readonly unknownId: number | undefined;
}

/** Ids are 32 bits in every implementation; more than this many tokens fit no table. */
const largestId = 2 ** 26;

/** The vocabulary as a map; `part` is the model. */
export const readIds = (part: Component): Map<string, number> => {
  const vocabulary = part.value('vocab');
  if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary)) {
    return part.fail('expected vocab', vocabulary);
  }
  const ids = new Map<string, number>();
  // Not by Object.entries: lists of 150,000 pairs would be most of the memory that loading leaves behind.
  for (const token in vocabulary) {
    const id = (vocabulary as Record<string, unknown>)[token];
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= largestId) {
      part.fail(`vocab: expected an id for ${JSON.stringify(token.slice(0, 80))}`, id);
    }
    ids.set(token, id as number);
  }
  return ids;
};

export const readModel = (part: Component): Model => {
  switch (part.type === '' ? impliedType(part) : part.type) {
    case 'BPE':
      return bpe(part);
    case 'WordPiece':
      return wordPiece(part);
    case 'WordLevel':
      return wordLevel(part);
    case 'Unigram':
      return unigram(part);
    default:
      return part.fail('expected BPE, WordPiece, WordLevel or Unigram', part.type);
  }
};

/** Files from before there was a type are told by their fields. */
const impliedType = (part: Component): string => {
  if (part.value('merges') !== undefined) return 'BPE';
  if (Array.isArray(part.value('vocab'))) return 'Unigram';
  return part.value('max_input_chars_per_word') === undefined ? 'WordLevel' : 'WordPiece';
};
