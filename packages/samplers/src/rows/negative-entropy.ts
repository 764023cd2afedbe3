/** Σ p log p: −H(p) in nats, at most 0. */
export const negativeEntropy = (probs: Float32Array): number => {
  let sum = 0;
  for (let id = 0; id < probs.length; id++) {
    const p = probs[id]!;
    if (p > 0) sum += p * Math.log(p);
  }
  return sum;
};
