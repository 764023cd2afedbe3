import type { Draw } from '@entrgi/core';

/**
 * The largest of log p + Gumbel noise, in float64 (LLaDA's): one number for each token with a probability above 0, in their order. LLaDA's exp(φ) / (−log u)^τ
 * is its τ-th power, and largest at the same token.
 */
export const gumbel_max: Draw = (probs, random) => {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < probs.length; place++) {
    const p = probs[place]!;
    if (p === 0) continue;
    const score = Math.log(p) - Math.log(-Math.log(random.uniform()));
    if (best >= 0 && !(score > highest)) continue;
    [best, highest] = [place, score];
  }
  return best;
};
