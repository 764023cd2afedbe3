import type { Component } from '../file/component.js';
import type { Model } from './model.js';
import { readIds } from './read-ids.js';
import { unknownTokenError } from './unknown-token-error.js';

/**
 * From the left, the longest token that the piece begins with, and so on; a piece with a rest that no token
 * begins is unknown as a whole.
 */
export const wordPiece = (part: Component): Model => {
  const ids = readIds(part);
  const unknownId = ids.get(part.text('unk_token'));
  const prefix = part.text('continuing_subword_prefix');
  const longestWord = part.count('max_input_chars_per_word');
  let longestToken = 0;
  for (const token of ids.keys()) longestToken = Math.max(longestToken, token.length);
  return {
    ids,
    size: ids.size,
    unknownId,
    append(result, text, budget, forbidden) {
      const unknown = (): void => {
        if (unknownId === undefined) throw unknownTokenError(part.where, text);
        result.push(unknownId);
      };
      const characters = [...text];
      budget.spend(text.length);
      if (characters.length > longestWord) return unknown();
      const found: number[] = [];
      for (let start = 0; start < text.length; ) {
        const before = start === 0 ? '' : prefix;
        let end = Math.min(text.length, start + longestToken - before.length);
        let id: number | undefined;
        for (; end > start; end--) {
          budget.spend(end - start);
          id = ids.get(before + text.slice(start, end));
          if (id !== undefined && !forbidden.has(id)) break;
          id = undefined;
        }
        if (id === undefined) return unknown();
        found.push(id);
        start = end;
      }
      for (const id of found) result.push(id);
    },
  };
};
