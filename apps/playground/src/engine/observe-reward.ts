import type { DifferentiableReward, ResponseMix, RewardGradient } from '@entrgi/core';

/** The same reward; `see` hears of every gradient how far it tells the tokens of each row apart, shape [rows]. */
export const observeReward = (
  reward: DifferentiableReward,
  see: (pull: Float32Array) => void,
): DifferentiableReward => ({
  name: reward.name,
  vocabulary: reward.vocabulary,
  score: (...asked) => reward.score(...asked),
  async open(request) {
    const context = await reward.open(request);
    return {
      // On a device the gradient stays there, and nobody sees it.
      ...context,
      async evaluate(mix) {
        const gradient = await context.evaluate(mix);
        see(pullOf(mix, gradient));
        return gradient;
      },
    };
  },
  dispose: () => reward.dispose(),
  [Symbol.asyncDispose]: () => reward.dispose(),
});

/** Per row, the standard deviation of ⟨∂R/∂ê, E[candidate]⟩ over the row's distribution: 0 where every token would be as good. */
export const pullOf = (
  { probs, rows }: Pick<ResponseMix, 'probs' | 'rows'>,
  { tokenScores }: Pick<RewardGradient, 'tokenScores'>,
): Float32Array => {
  const columns = probs.length / rows.length;
  return Float32Array.from(rows, (_, row) => {
    let [sum, mean] = [0, 0];
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      sum += probs[i]!;
      mean += probs[i]! * tokenScores[i]!;
    }
    mean /= sum;
    let variance = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++)
      variance += probs[i]! * (tokenScores[i]! - mean) ** 2;
    return Math.sqrt(variance / sum);
  });
};
