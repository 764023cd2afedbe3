import {
  type DifferentiableReward,
  InvalidArgumentError,
  isDifferentiable,
  NumericalError,
  type Reward,
  type RewardContext,
  type RewardRequest,
} from '@entrgi/core';

/** One term of a weighted sum. */
export interface WeightedReward<R extends Reward = Reward> {
  readonly reward: R;
  /** Any finite number; negative to avoid what the reward prefers. */
  readonly weight: number;
}

/**
 * The weighted sum of rewards: R = Σ weightᵢ Rᵢ. It has a gradient (`open`) exactly when all parts have one.
 * Disposing it disposes its parts. Throws InvalidArgumentError without parts or with a weight that is not finite, and, scoring and evaluating,
 * NumericalError that names the part whose term is not finite or overflows.
 */
export function compositeReward(parts: readonly WeightedReward<DifferentiableReward>[]): DifferentiableReward;
export function compositeReward(parts: readonly WeightedReward[]): Reward;
export function compositeReward(parts: readonly WeightedReward[]): Reward {
  check(parts);
  const sum: Reward = {
    name: parts.map(({ reward, weight }) => `${weight} × ${reward.name}`).join(' + '),
    async score(prompt, responses, options) {
      const scores: Float64Array[] = [];
      for (const { reward } of parts) scores.push(await reward.score(prompt, responses, options));
      return weightedSum(parts, scores, new Float64Array(responses.length));
    },
    async dispose() {
      await Promise.all(parts.map(({ reward }) => reward.dispose()));
    },
  };
  const differentiable = parts.map(({ reward }) => reward).filter(isDifferentiable);
  if (differentiable.length < parts.length) return sum;
  const guiding: DifferentiableReward = {
    ...sum,
    open: (request) => openAll(differentiable, parts, request),
  };
  return guiding;
}

const openAll = async (
  rewards: readonly DifferentiableReward[],
  parts: readonly WeightedReward[],
  request: RewardRequest,
): Promise<RewardContext> => {
  const contexts: RewardContext[] = [];
  const dispose = async () => {
    await Promise.all(contexts.map((context) => context.dispose()));
  };
  try {
    for (const reward of rewards) contexts.push(await reward.open(request));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    async evaluate(mix) {
      const gradients = [];
      for (const context of contexts) gradients.push(await context.evaluate(mix));
      const values = gradients.map((gradient) => gradient.values);
      const tokenScores = gradients.map((gradient) => gradient.tokenScores);
      return {
        values: weightedSum(parts, values, new Float64Array(mix.trajectories)),
        tokenScores: weightedSum(parts, tokenScores, new Float32Array(mix.probs.length)),
      };
    },
    dispose,
  };
};

/** total += Σ weightᵢ termᵢ */
const weightedSum = <T extends Float32Array | Float64Array>(
  parts: readonly WeightedReward[],
  terms: readonly T[],
  total: T,
): T => {
  terms.forEach((term, part) => {
    const { reward, weight } = parts[part]!;
    if (term.length !== total.length) {
      throw new InvalidArgumentError(
        `Reward '${reward.name}': expected ${total.length} numbers, got ${term.length}.`,
        { value: term.length },
      );
    }
    for (let i = 0; i < total.length; i++) {
      total[i]! += weight * term[i]!;
      if (Number.isFinite(total[i])) continue;
      throw new NumericalError(
        `Composite reward: expected a finite sum, got ${total[i]} with ${weight} × ${term[i]} of '${reward.name}'.`,
        { value: term[i], cure: 'Lower the weight, or check what the reward returns.' },
      );
    }
  });
  return total;
};

const check = (parts: readonly WeightedReward[]): void => {
  if (parts.length === 0) {
    throw new InvalidArgumentError('A composite reward needs at least one part, got none.', { value: parts });
  }
  for (const { reward, weight } of parts) {
    if (Number.isFinite(weight)) continue;
    throw new InvalidArgumentError(
      `Weight of reward '${reward.name}': expected a finite number, got ${weight}.`,
      {
        value: weight,
      },
    );
  }
};
