import type { Draw } from '@entrgi/core';

/**
 * The largest of log p + Gumbel noise, in float64 (LLaDA's): one number for each token, in their order,
 * whatever its probability. LLaDA's exp(φ) / (−log u)^τ is its τ-th power, and largest at the same token.
 */
export const gumbel_max: Draw = (probs, random) => {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < probs.length; place++) {
    const noise = -Math.log(-Math.log(random.uniform()));
    const p = probs[place]!;
    if (p === 0) continue;
    const score = Math.log(p) + noise;
    if (best >= 0 && !(score > highest)) continue;
    [best, highest] = [place, score];
  }
  return best;
};
