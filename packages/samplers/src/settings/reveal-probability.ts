import { requireThat } from '@entrgi/core/internal';
import type { SampleSettings } from './sample-settings.js';

/** Where a step stands among those of its block. */
export interface StepInBlock {
  readonly block: number;
  /** Steps of a block, and which of them this is, 1-based. */
  readonly perBlock: number;
  readonly within: number;
}

export const stepInBlock = (
  { steps, blocks }: Pick<SampleSettings, 'steps' | 'blocks'>,
  step: number,
): StepInBlock => {
  const perBlock = steps / blocks.length;
  const block = Math.floor((step - 1) / perBlock);
  return { block, perBlock, within: step - block * perBlock };
};

/**
 * How many of some masks of a block a step reveals, and the probability with which each is: all in the last
 * step.
 * @throws InvalidArgumentError for a schedule that does not fall, or counts what is not there
 */
export const revealed = (
  settings: Pick<SampleSettings, 'schedule' | 'remasking'>,
  place: Omit<StepInBlock, 'block'>,
  masks: number,
): { readonly count: number; readonly probability: number } => {
  const { perBlock, within } = place;
  const { schedule, remasking } = settings;
  if (within === perBlock) return { count: masks, probability: 1 };
  const levels = noiseLevels(settings, place);
  const { s, t } = levels;
  // What is masked again is made up for by what is revealed.
  const sigma = remasking?.({ limit: remaskLimit(levels), probabilities: new Float64Array(0) }).masked ?? 0;
  const probability = 1 - s / t + (sigma * (1 - t)) / t;
  const { count } = schedule;
  if (count === undefined) return { count: Math.floor(masks * probability), probability };
  const counted = count(masks, within, perBlock);
  const isCount = Number.isSafeInteger(counted) && counted >= 0 && counted <= masks;
  requireThat(
    `schedule.count(${masks}, ${within}, ${perBlock})`,
    counted,
    `a number up to ${masks}`,
    isCount,
  );
  return { count: counted, probability };
};

/** The noise levels before and after a step of a block. */
export interface NoiseLevels {
  readonly t: number;
  readonly s: number;
}

/** Throws InvalidArgumentError for a schedule that does not fall. */
export const noiseLevels = (
  { schedule }: Pick<SampleSettings, 'schedule'>,
  { perBlock, within }: Omit<StepInBlock, 'block'>,
): NoiseLevels => {
  const [s, t] = [schedule(within, perBlock), schedule(within - 1, perBlock)];
  const falls = typeof s === 'number' && typeof t === 'number' && t <= 1 && s <= t && s >= 0 && t > 0;
  requireThat(
    `schedule, steps ${within - 1} and ${within} of ${perBlock}`,
    [t, s],
    'noise levels that fall within [0, 1]',
    falls,
  );
  return { t, s };
};

/**
 * The highest probability of masking again with which the noise level s can be reached: min(1, (1 −
 * α_s)/α_t).
 */
export const remaskLimit = ({ t, s }: NoiseLevels): number => (t < 1 ? Math.min(1, s / (1 - t)) : 1);
