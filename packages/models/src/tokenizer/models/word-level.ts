import type { Component } from '../file/component.js';
import type { Model } from './model.js';
import { readIds } from './read-ids.js';
import { unknownTokenError } from './unknown-token-error.js';

/** A piece is a token, or unknown. */
export const wordLevel = (part: Component): Model => {
  const ids = readIds(part);
  const unknownId = ids.get(part.text('unk_token'));
  return {
    ids,
    size: ids.size,
    unknownId,
    append(result, text, _budget, forbidden) {
      const known = ids.get(text);
      const id = known === undefined || forbidden.has(known) ? unknownId : known;
      if (id === undefined) throw unknownTokenError(part.where, text);
      result.push(id);
    },
  };
};
