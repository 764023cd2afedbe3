import { nextTurn, turnIsDue } from '../async/event-loop.js';
import type { GuidanceSettings } from '../contracts/guidance/guidance-settings.js';
import type { LogitOptimizerState } from '../contracts/guidance/logit-optimizer.js';
import type { RewardContext } from '../contracts/guidance/reward.js';
import type { Vocabulary } from '../contracts/model/vocabulary.js';
import { atPlace, placed } from '../errors/at-place.js';
import { InvalidArgumentError, NumericalError } from '../errors/errors.js';
import { firstNotFinite } from '../errors/first-not-finite.js';
import { relaxedTemperature } from '../softmax/relaxed-temperature.js';
import { softmaxRowGradient } from '../softmax/softmax-gradient.js';
import { countExcluded, notFinite, placeOfRow, whenIn, worst } from './finite-rows.js';
import type { Guided } from './guide-in-groups.js';
import { hardTokens } from './hard-tokens.js';
import { type MixTokens, mixColumns } from './mix-columns.js';
import { provisionalAttention } from './provisional-attention.js';
import { type RelaxedRows, relaxedEntropy, relaxRow } from './relax.js';
import { rowBlocks } from './row-blocks.js';
import { tokenWeight } from './token-weight.js';
import type { TrajectoryGroup } from './trajectory-groups.js';

/** What a denoising step leaves to the next: fresh memory costs more than the sums that are written to it. */
export interface StepMemory {
  probs: Float32Array;
  /** One for each block of rows. */
  states: LogitOptimizerState[];
}

export interface GuidanceMeans {
  readonly context: RewardContext;
  readonly settings: GuidanceSettings;
  readonly vocabulary: Vocabulary;
  readonly memory: StepMemory;
  readonly tokens: MixTokens;
}

/** All guidance steps of one denoising step for some trajectories. Moves their logits in place. */
export const guideTrajectories = async (
  { request, firstTrajectory }: TrajectoryGroup,
  { context, settings, vocabulary, memory, tokens }: GuidanceMeans,
): Promise<Guided> => {
  const { logits, rows, trajectories, signal, step } = request;
  const { values, offsets } = logits;
  const { relaxation, entropyOf, guidanceSteps } = settings;
  const sampling = relaxedTemperature(request.temperature);
  const temperature = settings.softTemperature ?? sampling;
  const hardFilters = settings.hardFilters ?? request.filters;
  const blocks = rowBlocks(offsets);
  if (memory.probs.length < values.length) memory.probs = new Float32Array(values.length);
  const relaxed: RelaxedRows = {
    probs: memory.probs.subarray(0, values.length),
    entropies: new Float64Array(rows.length),
    modes: new Int32Array(rows.length),
  };
  const columns = mixColumns(logits, tokens, relaxed.probs);
  // One by one, as they are needed: to clear the moments of all rows takes longer than the event loop may wait.
  const previous = memory.states.slice(0, blocks.length);
  const states: LogitOptimizerState[] = [];
  memory.states = states;
  const weights = new Float32Array(rows.length);
  const entropies = new Float64Array(rows.length);
  const excluded = new Float64Array(rows.length);
  const rewards: Float64Array[] = [];
  let rewardMs = 0;
  let rewardPasses = 0;
  const placeOf = (row: number) => placeOfRow({ request, firstTrajectory }, row);
  const refuse = (row: number, what: string, value: number) => notFinite(placeOf(row), what, value);

  /** A function of its own, so that the scores of one guidance step are not held during the next. */
  const takeGuidanceStep = async (m: number): Promise<void> => {
    signal?.throwIfAborted();
    const hard = hardTokens(request, relaxed, {
      guidanceStep: m,
      hardFilters,
      isSoft: temperature === sampling,
    });
    for (const block of blocks) {
      for (let row = block.from; row < block.to; row++) {
        if (m === 0) excluded[row] = countExcluded(values, offsets[row]!, offsets[row + 1]!);
        const mass = relaxRow(logits, row, { temperature, sampling, entropyOf }, relaxed);
        if (m === 0) entropies[row] = relaxedEntropy(logits, row, temperature, mass, relaxed);
        const entropy = relaxed.entropies[row]!;
        if (Number.isNaN(entropy))
          throw refuse(row, `logits ${whenIn(m)}`, worst(values, offsets[row]!, offsets[row + 1]!));
        const weight = tokenWeight(entropy, vocabulary.size, relaxation, () => placeOf(row));
        weights[row] = weight;
        atPlace(
          () => placeOf(row),
          () => hard.draw(row, weight),
        );
        if (turnIsDue()) await nextTurn(signal);
      }
      columns.spread(block);
    }

    const start = performance.now();
    const {
      values: reached,
      tokenScores,
      passes = 2 * trajectories,
    } = await context
      .evaluate({
        trajectories,
        tokenIds: hard.tokenIds,
        attention: provisionalAttention(hard.provisional, trajectories, vocabulary),
        rows,
        candidates: columns.candidates,
        probs: columns.matrix,
        weights,
        signal,
      })
      .catch((error: unknown) => {
        // A reward does not know which step it is asked in.
        throw placed(() => `Denoising step ${step}, guidance step ${m + 1}`, error);
      });
    rewardMs += performance.now() - start;
    rewardPasses += passes;
    checkReached(reached, tokenScores, {
      trajectories,
      scores: columns.matrix.length,
      step,
      guidanceStep: m + 1,
    });
    rewards.push(reached);

    const gradient = columns.scores(tokenScores);
    for (const [b, block] of blocks.entries()) {
      columns.gather(tokenScores, block);
      for (let row = block.from; row < block.to; row++) {
        const [from, to] = [offsets[row]!, offsets[row + 1]!];
        const sum = softmaxRowGradient(relaxed.probs, gradient, from, to, temperature, gradient);
        if (Number.isFinite(sum)) continue;
        const value = gradient[from + Math.max(firstNotFinite(gradient.subarray(from, to)), 0)]!;
        throw refuse(row, `gradient in guidance step ${m + 1}`, value);
      }
      const [from, to] = [offsets[block.from]!, offsets[block.to]!];
      const own = values.subarray(from, to);
      states[b] ??= settings.optimizer(to - from, previous.shift());
      atPlace(
        () => `${placeOf(block.from)}, guidance step ${m + 1}`,
        () => states[b]!.update(own, gradient.subarray(from, to)),
      );
      if (turnIsDue()) await nextTurn(signal);
    }
  };

  for (let m = 0; m < guidanceSteps; m++) await takeGuidanceStep(m);
  for (let row = 0; row < rows.length; row++) {
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    if (countExcluded(values, from, to) !== excluded[row]) {
      throw refuse(row, `logits after guidance step ${guidanceSteps}`, worst(values, from, to));
    }
    if (turnIsDue()) await nextTurn(signal);
  }
  return { rewards, weights, entropies, rewardMs, rewardPasses };
};

interface Expected {
  readonly trajectories: number;
  readonly scores: number;
  readonly step: number;
  readonly guidanceStep: number;
}

/** What a reward hands over: one finite number per trajectory, and a score for every probability. */
const checkReached = (
  values: Float64Array,
  tokenScores: Float32Array,
  { trajectories, scores, step, guidanceStep }: Expected,
): void => {
  const place = `Denoising step ${step}, guidance step ${guidanceStep}`;
  if (values.length !== trajectories || tokenScores.length !== scores) {
    throw new InvalidArgumentError(
      `${place}: expected ${trajectories} rewards and ${scores} token scores, got ${values.length} and ${tokenScores.length}.`,
      {
        value: tokenScores.length,
        hint: 'A reward returns one value per trajectory and one score per probability.',
      },
    );
  }
  const at = firstNotFinite(values);
  if (at < 0) return;
  throw new NumericalError(`${place}: expected a finite reward for trajectory ${at}, got ${values[at]}.`, {
    value: values[at],
    hint: 'Check the weights of the reward model and their precision.',
  });
};
