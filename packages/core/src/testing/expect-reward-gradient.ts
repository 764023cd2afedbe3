import type { ResponseMix } from '../contracts/guidance/response-mix.js';
import type { RewardContext } from '../contracts/guidance/reward.js';
import { expectAllClose, type Tolerance } from './expect-all-close.js';

/** How a gradient is compared with differences, and how near it must come. */
export interface RewardGradientOptions {
  /**
   * Half the distance of the two evaluations.
   * @default 0.01, which suits a reward computed in float32
   */
  readonly step?: number;
  /**
   * Indices into `mix.probs` to check.
   * @default eight, spread evenly
   */
  readonly cells?: readonly number[];
  /** @default 1e-3 absolute and relative */
  readonly tolerance?: Tolerance;
}

/**
 * Throws unless a reward's token scores are the derivative of its values with respect to the mixture's
 * probabilities, by central differences. The hard tokens' weights are set to 0: they have no gradient.
 */
export const expectRewardGradient = async (
  context: RewardContext,
  mix: ResponseMix,
  options: RewardGradientOptions = {},
): Promise<void> => {
  const { step = 0.01, tolerance = { absolute: 1e-3, relative: 1e-3 } } = options;
  const count = Math.min(8, mix.probs.length);
  const cells =
    options.cells ?? Array.from({ length: count }, (_, i) => Math.floor((i * mix.probs.length) / count));
  const soft = { ...mix, weights: new Float32Array(mix.weights.length) };
  const rewardWith = async (cell: number, change: number) => {
    const probs = mix.probs.slice();
    probs[cell]! += change;
    const { values } = await context.evaluate({ ...soft, probs });
    return { reward: values.reduce((sum, value) => sum + value, 0), at: probs[cell]! };
  };
  const { tokenScores } = await context.evaluate(soft);
  const differences: number[] = [];
  for (const cell of cells) {
    const [up, down] = [await rewardWith(cell, step), await rewardWith(cell, -step)];
    differences.push((up.reward - down.reward) / (up.at - down.at));
  }
  expectAllClose(
    cells.map((cell) => tokenScores[cell]!),
    differences,
    tolerance,
  );
};
