import { disposable } from '../async/disposable.js';
import type { EntropyOf } from '../contracts/guidance/entropy-of.js';
import type { Filter } from '../contracts/guidance/filter.js';
import type { Guidance, GuidanceContext } from '../contracts/guidance/guidance.js';
import type { LogitOptimizer } from '../contracts/guidance/logit-optimizer.js';
import type { Relaxation } from '../contracts/guidance/relaxation.js';
import { type DifferentiableReward, isDifferentiable } from '../contracts/guidance/reward.js';
import { NonDifferentiableError } from '../errors/errors.js';
import { adam } from '../optimizers/adam.js';
import { requireContract } from '../options/require-contract.js';
import { type OptionNames, requireKnownOptions } from '../options/require-known-options.js';
import {
  requireFunction,
  requireMemoryLimit,
  requireObject,
  requirePositive,
  requireThat,
  requireWhole,
} from '../options/require-that.js';
import { entrgi } from '../relaxations/entrgi.js';
import { guideInGroups } from './guide-in-groups.js';
import { guideTrajectories, type StepMemory } from './guide-trajectories.js';
import { mixTokens } from './mix-columns.js';
import { rowRange } from './row-range.js';
import type { TrajectoryGroup } from './trajectory-groups.js';

/** The reward, and how its gradient is made and followed. */
export interface RewardGuidanceOptions {
  readonly reward: DifferentiableReward;
  /**
   * Weight of the sampled token.
   * @default entrgi
   */
  readonly relaxation?: Relaxation | undefined;
  /** @default Adam with learning rate 0.5 */
  readonly optimizer?: LogitOptimizer | undefined;
  /**
   * Gradient updates per denoising step; 0 leaves the logits as they are and never asks the reward.
   * @default 3
   */
  readonly guidanceSteps?: number | undefined;
  /**
   * Whose normalized entropy the relaxation gets: softmax(φ) (talk, published code) or softmax(φ/τ) (paper).
   * @default 'untempered'
   */
  readonly entropyOf?: EntropyOf | undefined;
  /**
   * Temperature of the relaxed distribution, softmax(φ / softTemperature); the talk's is 1.
   * @default the sampling temperature τ
   */
  readonly softTemperature?: number | undefined;
  /**
   * Applied to softmax(φ/τ) before the hard token is drawn from it; the talk and the paper have none.
   * @default the sampler's filters
   */
  readonly hardFilters?: readonly Filter[] | undefined;
  /**
   * Bytes that arrays over the vocabulary may take in a denoising step, the denoiser's logits among them.
   * Where all trajectories together take more, they are guided some at a time, and a reward of fewer
   * trajectories may round otherwise. Where a single one does not fit, guiding throws MemoryLimitError.
   * @default 2.5 times the logits of all masked positions over the whole vocabulary or 64 MiB, and a single
   *   trajectory in any case
   */
  readonly memoryLimit?: number | undefined;
}

const optionNames: OptionNames<RewardGuidanceOptions> = {
  reward: true,
  relaxation: true,
  optimizer: true,
  guidanceSteps: true,
  entropyOf: true,
  softTemperature: true,
  hardFilters: true,
  memoryLimit: true,
};

/**
 * Gradient guidance by a reward: in every denoising step, updates the logits of the masked positions uphill
 * (arXiv 2602.05000, algorithm 1). The defaults are those of the published tables.
 * @throws NonDifferentiableError for a reward without gradient, InvalidArgumentError for a wrong option, and
 *   while guiding NumericalError for a NaN or infinity, with denoising step, trajectory and position
 */
export const rewardGuidance = (options: RewardGuidanceOptions): Guidance => {
  requireKnownOptions('rewardGuidance', options, optionNames);
  const {
    reward,
    relaxation = entrgi,
    optimizer = adam(0.5),
    guidanceSteps = 3,
    entropyOf = 'untempered',
    softTemperature,
    hardFilters,
    memoryLimit,
  } = options;
  requireObject('reward', reward, 'a reward, such as loadReward of @entrgi/rewards gives');
  requireContract('reward', reward);
  if (!isDifferentiable(reward)) {
    const { name } = reward as { name: string };
    throw new NonDifferentiableError(
      `Reward '${name}': expected a reward with a gradient, got one without.`,
      {
        value: name,
        hint: 'Use it for best-of-n, or guide with a reward model.',
      },
    );
  }
  requireFunction('relaxation', relaxation, 'a relaxation, such as relaxations.entrgi');
  requireFunction('optimizer', optimizer, 'an optimizer, such as optimizers.adam(0.5)');
  requireWhole('guidanceSteps', guidanceSteps, 0);
  requireThat(
    'entropyOf',
    entropyOf,
    "'untempered' or 'tempered'",
    ['untempered', 'tempered'].includes(entropyOf),
  );
  if (softTemperature !== undefined) requirePositive('softTemperature', softTemperature);
  if (hardFilters !== undefined) {
    requireThat('hardFilters', hardFilters, 'an array of filters', Array.isArray(hardFilters));
    for (const [index, filter] of hardFilters.entries()) {
      requireFunction(`hardFilters[${index}]`, filter, 'a filter, such as filters.topP(0.9)');
    }
  }
  if (memoryLimit !== undefined) requireMemoryLimit('memoryLimit', memoryLimit);
  return {
    maxMovement: maxMovement(guidanceSteps, optimizer, softTemperature),
    async open(request) {
      if (guidanceSteps === 0) return unguided;
      const context = await reward.open(request);
      const { vocabulary } = request;
      const settings = {
        relaxation,
        optimizer,
        guidanceSteps,
        entropyOf,
        softTemperature,
        hardFilters,
        memoryLimit,
      };
      const held = context.held?.(settings);
      const idle: StepMemory[] = [];
      return {
        async optimize(step) {
          // Candidates are few enough without.
          if (held?.knows(step.filters) && step.logits.tokenIds === undefined) return held.optimize(step);
          const memory = idle.pop() ?? { probs: new Float32Array(0), states: [] };
          try {
            const { logits } = step;
            const tokens = await mixTokens(logits, step.signal);
            const means = { context, settings, vocabulary, memory, tokens };
            const part = (from: number, to: number) => ({ logits: rowRange(logits, from, to) });
            const guide = (group: TrajectoryGroup) => guideTrajectories(group, means);
            return {
              ...(await guideInGroups(step, settings, logits, part, tokens.width, guide)),
              logits,
            };
          } finally {
            idle.push(memory);
          }
        },
        held,
        givesEntropies: softTemperature === undefined,
        ...disposable(() => context.dispose()),
      };
    },
  };
};

/** What is negligible at the sampling temperature need not be at another: then nothing may be left out. */
const maxMovement = (
  guidanceSteps: number,
  optimizer: LogitOptimizer,
  softTemperature: number | undefined,
): number => {
  if (guidanceSteps === 0) return 0;
  if (softTemperature !== undefined) return Number.POSITIVE_INFINITY;
  return optimizer.maxMovement?.(guidanceSteps) ?? Number.POSITIVE_INFINITY;
};

/** Guidance in zero steps. */
const unguided: GuidanceContext = {
  async optimize({ logits, rows }) {
    return { logits, rewards: [], weights: new Float32Array(rows.length), rewardMs: 0 };
  },
  ...disposable(async () => {}),
};
