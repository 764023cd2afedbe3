import {
  CONTRACT_VERSION,
  type DifferentiableReward,
  disposable,
  InvalidArgumentError,
  isDifferentiable,
  NumericalError,
  nextTurn,
  type Reward,
  type RewardContext,
  type RewardRequest,
  turnIsDue,
} from '@entrgi/core';
import {
  countedScore,
  firstNotFinite,
  type OptionNames,
  requireKnownOptions,
  requireReward,
  requireThat,
} from '@entrgi/core/internal';

/** One term of a weighted sum. */
export interface WeightedReward<R extends Reward = Reward> {
  readonly reward: R;
  /** Any finite number; negative to avoid what the reward prefers. */
  readonly weight: number;
}

/**
 * The weighted sum of rewards: R = Σ weightᵢ Rᵢ. It has a gradient (`open`) exactly when all parts have one.
 * Disposing it disposes its parts.
 * @throws InvalidArgumentError without parts, for one that is no reward and for a weight that is not finite;
 *   when scoring and evaluating, NumericalError, naming the part, where the sum is not finite
 */
export function compositeReward(parts: readonly WeightedReward<DifferentiableReward>[]): DifferentiableReward;
export function compositeReward(parts: readonly WeightedReward[]): Reward;
export function compositeReward(parts: readonly WeightedReward[]): Reward {
  check(parts);
  const sum: Reward = {
    name: parts.map(({ reward, weight }) => `${weight} × ${reward.name}`).join(' + '),
    async score(prompt, responses, options) {
      const total = new Float64Array(responses.length);
      for (const part of parts) {
        const { rewards, passes } = await countedScore(part.reward, prompt, responses, options);
        options?.onPasses?.(passes);
        await add(part, rewards, total, (i) => `response ${i}`, options?.signal);
      }
      return total;
    },
    contract: CONTRACT_VERSION,
    ...disposable(async () => {
      await Promise.all(parts.map(({ reward }) => reward.dispose()));
    }),
  };
  const differentiable = parts.filter((part): part is WeightedReward<DifferentiableReward> =>
    isDifferentiable(part.reward),
  );
  if (differentiable.length < parts.length) return sum;
  const guiding: DifferentiableReward = { ...sum, open: (request) => openAll(differentiable, request) };
  return guiding;
}

const openAll = async (
  parts: readonly WeightedReward<DifferentiableReward>[],
  request: RewardRequest,
): Promise<RewardContext> => {
  const contexts: RewardContext[] = [];
  const dispose = async () => {
    await Promise.all(contexts.map((context) => context.dispose()));
  };
  try {
    for (const { reward } of parts) contexts.push(await reward.open(request));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    async evaluate(mix) {
      const values = new Float64Array(mix.trajectories);
      const tokenScores = new Float32Array(mix.probs.length);
      const columns = mix.probs.length / mix.rows.length;
      const length = mix.tokenIds.length / mix.trajectories;
      let passes = 0;
      const placeOf = (i: number) => {
        const slot = mix.rows[Math.floor(i / columns)]!;
        return `the gradient of trajectory ${Math.floor(slot / length)}, position ${slot % length}`;
      };
      for (const [i, context] of contexts.entries()) {
        const gradient = await context.evaluate(mix);
        passes += gradient.passes ?? 2 * mix.trajectories;
        await add(parts[i]!, gradient.values, values, (k) => `trajectory ${k}`, mix.signal);
        await add(parts[i]!, gradient.tokenScores, tokenScores, placeOf, mix.signal);
      }
      return { values, tokenScores, passes };
    },
    ...disposable(dispose),
  };
};

/** So many terms take some milliseconds. */
const PIECE = 2 ** 20;

/**
 * total += weight · term.
 * @throws NumericalError, naming the part, where a term or the sum so far is not finite
 */
const add = async <T extends Float32Array | Float64Array>(
  { reward, weight }: WeightedReward,
  term: T,
  total: T,
  placeOf: (index: number) => string,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (term.length !== total.length) {
    throw new InvalidArgumentError(
      `Reward '${reward.name}': expected ${total.length} numbers, got ${term.length}.`,
      {
        value: term.length,
      },
    );
  }
  // A reward of somebody's own may give any array, and text would be multiplied like a number.
  const strange = ArrayBuffer.isView(term)
    ? -1
    : Array.from<unknown>(term).findIndex((x) => typeof x !== 'number');
  if (strange >= 0) {
    const value: unknown = term[strange];
    throw new InvalidArgumentError(
      `Reward '${reward.name}': expected numbers, got ${JSON.stringify(value)} for ${placeOf(strange)}.`,
      { value },
    );
  }
  for (let start = 0; start < total.length; start += PIECE) {
    const end = Math.min(start + PIECE, total.length);
    for (let i = start; i < end; i++) total[i]! += weight * term[i]!;
    const at = start + firstNotFinite(total.subarray(start, end));
    if (at >= start) {
      throw new NumericalError(
        `Composite reward: expected a finite sum, got ${total[at]} with ${weight} × ${term[at]} of '${reward.name}'. This is ${placeOf(at)}.`,
        { value: term[at], hint: 'Lower the weight, or check what the reward returns.' },
      );
    }
    if (turnIsDue()) await nextTurn(signal);
  }
};

const partNames: OptionNames<WeightedReward> = { reward: true, weight: true };

/** Whether a reward stands where one with its weight is wanted. */
const isReward = (part: unknown): boolean => typeof part === 'object' && part !== null && 'score' in part;

const check = (parts: readonly WeightedReward[]): void => {
  requireThat('compositeReward', parts, 'an array of rewards with weights', Array.isArray(parts));
  if (parts.length === 0) {
    throw new InvalidArgumentError('A composite reward needs at least one part, got none.', { value: parts });
  }
  // Not forEach, which would pass over what is missing.
  for (const [i, part] of Array.from(parts).entries()) {
    const name = `compositeReward: parts[${i}]`;
    requireThat(name, part, '{ reward, weight }', !isReward(part));
    requireKnownOptions(name, part, partNames);
    requireReward(`${name}: reward`, part.reward);
    const { reward, weight } = part;
    requireThat(`Weight of reward '${reward.name}'`, weight, 'a finite number', Number.isFinite(weight));
  }
};
