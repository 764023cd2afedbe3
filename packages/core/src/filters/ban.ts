import type { Filter } from '../contracts/guidance/filter.js';
import { requireThat, requireWhole } from '../options/require-that.js';

/**
 * Keeps everything but these tokens, at every temperature. Put it before filters that keep the most probable
 * tokens: what they are left with may be banned.
 */
export const ban = (tokenIds: Iterable<number>): Filter => {
  const isIterable = typeof tokenIds === 'object' && tokenIds !== null && Symbol.iterator in tokenIds;
  requireThat('ban', tokenIds, 'token ids', isIterable);
  const banned = new Set(tokenIds);
  for (const id of banned) requireWhole('ban', id, 0);
  return (probs, ids) => {
    if (ids === undefined) {
      for (const id of banned) if (id < probs.length) probs[id] = 0;
    } else {
      for (let place = 0; place < ids.length; place++) if (banned.has(ids[place]!)) probs[place] = 0;
    }
  };
};
