import type { Component } from '../file/component.js';
import { bpe } from './bpe.js';
import type { Model } from './model.js';
import { unigram } from './unigram.js';
import { wordLevel } from './word-level.js';
import { wordPiece } from './word-piece.js';

/** The model that `part`, the model of tokenizer.json, describes. */
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
