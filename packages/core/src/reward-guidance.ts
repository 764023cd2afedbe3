import type { Guidance, GuidanceContext, GuidanceRequest, GuidanceResult } from './contracts/guidance.js';
import type { LogitOptimiser, LogitOptimiserState } from './contracts/logit-optimiser.js';
import type { Preset } from './contracts/preset.js';
import type { Relaxation } from './contracts/relaxation.js';
import { type DifferentiableReward, isDifferentiable, type RewardContext } from './contracts/reward.js';
import type { RowLogits } from './contracts/row-logits.js';
import type { Vocabulary } from './contracts/vocabulary.js';
import { drawToken } from './draw-token.js';
import { NonDifferentiableError, NumericalError } from './errors.js';
import { firstNotFinite } from './first-not-finite.js';
import { mixColumns } from './mix-columns.js';
import { adam } from './optimisers/adam.js';
import { reference } from './presets/reference.js';
import { provisionalAttention } from './provisional-attention.js';
import { type RelaxedRows, relax } from './relax.js';
import { entrgi } from './relaxations/entrgi.js';
import { relaxedTemperature } from './relaxed-temperature.js';
import { requireThat, requireWhole } from './require-that.js';
import { softmaxRowGradient } from './softmax-gradient.js';

/** The reward, and how its gradient is made and followed. */
export interface RewardGuidanceOptions {
  readonly reward: DifferentiableReward;
  /** Weight of the sampled token. Default: entrgi. */
  readonly relaxation?: Relaxation | undefined;
  /** Default: Adam with learning rate 1. */
  readonly optimiser?: LogitOptimiser | undefined;
  /** Gradient updates per denoising step; 0 leaves the logits as they are and never asks the reward. Default: 3. */
  readonly guidanceSteps?: number | undefined;
  /** Whose normalised entropy the relaxation gets: softmax(φ) (talk, published code) or softmax(φ/τ) (paper). Default: 'untempered'. */
  readonly entropyOf?: Preset['entropyOf'] | undefined;
}

/**
 * Gradient guidance by a reward: in every denoising step, updates the logits of the masked positions uphill (arXiv 2602.05000, algorithm 1).
 * The defaults are those of the preset `reference`. Throws NonDifferentiableError for a reward without gradient, InvalidArgumentError for
 * a wrong option, and while guiding NumericalError for a NaN or infinity, with denoising step, trajectory and position.
 */
export const rewardGuidance = (options: RewardGuidanceOptions): Guidance => {
  const {
    reward,
    relaxation = entrgi,
    optimiser = adam(reference.learningRate),
    guidanceSteps = reference.guidanceSteps,
    entropyOf = reference.entropyOf,
  } = options;
  if (!isDifferentiable(reward)) {
    const { name } = reward as { name: string };
    throw new NonDifferentiableError(
      `Reward '${name}': expected a reward with a gradient, got one without.`,
      {
        value: name,
        cure: 'Use it for best-of-n, or guide with a reward model.',
      },
    );
  }
  requireWhole('guidanceSteps', guidanceSteps, 0);
  requireThat(
    'entropyOf',
    entropyOf,
    "'untempered' or 'tempered'",
    ['untempered', 'tempered'].includes(entropyOf),
  );
  return {
    maxMovement:
      guidanceSteps === 0 ? 0 : (optimiser.maxMovement?.(guidanceSteps) ?? Number.POSITIVE_INFINITY),
    async open(request) {
      if (guidanceSteps === 0) return unguided;
      const context = await reward.open(request);
      const settings = { relaxation, optimiser, guidanceSteps, entropyOf, vocabulary: request.vocabulary };
      const idle: StepMemory[] = [];
      return {
        async optimise(step) {
          const memory = idle.pop() ?? { probs: new Float32Array(0), gradient: new Float32Array(0) };
          try {
            return await optimise(step, context, settings, memory);
          } finally {
            idle.push(memory);
          }
        },
        dispose: () => context.dispose(),
      };
    },
  };
};

/** Guidance in zero steps. */
const unguided: GuidanceContext = {
  async optimise({ logits, rows }) {
    return { logits, rewards: [], weights: new Float32Array(rows.length), rewardMs: 0 };
  },
  async dispose() {},
};

interface Settings extends Required<Omit<RewardGuidanceOptions, 'reward'>> {
  readonly relaxation: Relaxation;
  readonly optimiser: LogitOptimiser;
  readonly guidanceSteps: number;
  readonly entropyOf: Preset['entropyOf'];
  readonly vocabulary: Vocabulary;
}

/** What a denoising step leaves to the next: fresh memory costs more than the sums that are written to it. */
interface StepMemory {
  probs: Float32Array;
  gradient: Float32Array;
  optimiser?: LogitOptimiserState;
}

const optimise = async (
  request: GuidanceRequest,
  reward: RewardContext,
  settings: Settings,
  memory: StepMemory,
): Promise<GuidanceResult> => {
  const { trajectories, rows, signal } = request;
  const { relaxation, entropyOf, guidanceSteps, vocabulary } = settings;
  const temperature = relaxedTemperature(request.temperature);
  const logits: RowLogits = { ...request.logits, values: request.logits.values.slice() };
  const { values } = logits;
  const columns = mixColumns(logits);
  const size = values.length;
  if (memory.probs.length < size) {
    memory.probs = new Float32Array(size);
    memory.gradient = new Float32Array(size);
  }
  const relaxed: RelaxedRows = {
    probs: memory.probs.subarray(0, size),
    entropies: new Float64Array(rows.length),
    modes: new Int32Array(rows.length),
  };
  const { probs, entropies } = relaxed;
  const gradient = memory.gradient.subarray(0, size);
  const weights = new Float32Array(rows.length);
  const optimiser = settings.optimiser(size, memory.optimiser);
  memory.optimiser = optimiser;
  const highest = Math.log(vocabulary.size);
  const rewards: Float64Array[] = [];
  let rewardMs = 0;

  for (let m = 0; m < guidanceSteps; m++) {
    signal?.throwIfAborted();
    relax(logits, temperature, entropyOf, relaxed);
    if (entropies.some(Number.isNaN)) checkLogits(logits, request, m);
    // Rounding may put the entropy of a flat distribution above log V.
    for (let r = 0; r < rows.length; r++) {
      weights[r] = relaxation(highest === 0 ? 0 : Math.min(Math.max(entropies[r]! / highest, 0), 1));
    }
    const tokenIds = drawHardTokens(request, logits, relaxed, weights, m);
    const attention = provisionalAttention(provisional(request, logits, relaxed), trajectories, vocabulary);

    const start = performance.now();
    const { candidates } = columns;
    const { values: reached, tokenScores } = await reward
      .evaluate({
        trajectories,
        tokenIds,
        attention,
        rows,
        candidates,
        probs: columns.spread(probs),
        weights,
        signal,
      })
      .catch((error: unknown) => {
        throw error instanceof NumericalError ? located(error, request, m) : error;
      });
    rewardMs += performance.now() - start;
    rewards.push(reached);

    logitGradient(logits, probs, columns.gather(tokenScores), temperature, gradient, request, m);
    optimiser.update(values, gradient);
  }
  checkLogits(logits, request, guidanceSteps);
  return { logits, rewards, weights, rewardMs };
};

/** ∂R/∂φ of every row to `gradient`. */
const logitGradient = (
  { offsets }: RowLogits,
  probs: Float32Array,
  scores: Float32Array,
  temperature: number,
  gradient: Float32Array,
  request: GuidanceRequest,
  m: number,
): void => {
  for (let r = 0; r < request.rows.length; r++) {
    const [start, end] = [offsets[r]!, offsets[r + 1]!];
    const sum = softmaxRowGradient(probs, scores, start, end, temperature, gradient);
    if (Number.isFinite(sum)) continue;
    const value = gradient[start + Math.max(firstNotFinite(gradient.subarray(start, end)), 0)]!;
    throw notFinite(`gradient in guidance step ${m + 1}`, request, r, value);
  }
};

/** The response with a token drawn from the filtered distribution (at temperature 0: the most probable one) at every masked slot. */
const drawHardTokens = (
  request: GuidanceRequest,
  { offsets, tokenIds: candidates }: RowLogits,
  { probs, modes }: RelaxedRows,
  weights: Float32Array,
  guidanceStep: number,
): Int32Array => {
  const { rows, filters, temperature, trajectories } = request;
  const tokenIds = request.tokenIds.slice();
  const length = tokenIds.length / trajectories;
  const streams = Array.from({ length: trajectories }, (_, k) => request.random(k, guidanceStep));
  for (let r = 0; r < rows.length; r++) {
    const slot = rows[r]!;
    const start = offsets[r]!;
    const random = streams[Math.floor(slot / length)]!;
    let place = modes[r]!;
    if (temperature === 0 || weights[r] === 0) {
      // A token of weight 0 is not seen. Its random number is spent all the same: the next row's must not depend on this row's weight.
      random.uniform();
    } else {
      const filtered = probs.slice(start, offsets[r + 1]!);
      for (const filter of filters) filter(filtered);
      place = start + drawToken(filtered, random);
    }
    tokenIds[slot] = candidates === undefined ? place - start : candidates[place]!;
  }
  return tokenIds;
};

/** The response with the most probable token at every masked slot. */
const provisional = (
  { tokenIds, rows }: GuidanceRequest,
  { offsets, tokenIds: candidates }: RowLogits,
  { modes }: RelaxedRows,
): Int32Array => {
  const ids = tokenIds.slice();
  for (let r = 0; r < rows.length; r++) {
    const place = modes[r]!;
    ids[rows[r]!] = candidates === undefined ? place - offsets[r]! : candidates[place]!;
  }
  return ids;
};

const checkLogits = ({ values, offsets }: RowLogits, request: GuidanceRequest, updates: number): void => {
  const at = firstNotFinite(values, Number.NEGATIVE_INFINITY);
  if (at < 0) return;
  const when = updates === 0 ? 'before guidance' : `after guidance step ${updates}`;
  const row = offsets.findIndex((start) => start > at) - 1;
  throw notFinite(`logits ${when}`, request, row, values[at]!);
};

const notFinite = (what: string, request: GuidanceRequest, row: number, value: number): NumericalError => {
  const { rows, tokenIds, trajectories, step } = request;
  const length = tokenIds.length / trajectories;
  const slot = rows[row]!;
  return new NumericalError(
    `Denoising step ${step}, trajectory ${Math.floor(slot / length)}, position ${slot % length}: ` +
      `expected finite ${what}, got ${value}.`,
    { value, cure: 'Lower the learning rate, or check the weights of the denoiser and the reward model.' },
  );
};

/** A reward does not know which step it is asked in. */
const located = (error: NumericalError, { step }: GuidanceRequest, m: number): NumericalError =>
  new NumericalError(`Denoising step ${step}, guidance step ${m + 1}: ${error.message}`, {
    value: error.value,
    cause: error,
  });
