import { requireThat } from '@entrgi/core';
import type { SampleSettings } from '../settings/sample-settings.js';

/** Where a step stands among those of its block. */
export interface StepInBlock {
  readonly block: number;
  /** Steps of a block, and which of them this is, 1-based. */
  readonly perBlock: number;
  readonly within: number;
}

export const stepInBlock = (
  { steps, length, blockLength }: Pick<SampleSettings, 'steps' | 'length' | 'blockLength'>,
  step: number,
): StepInBlock => {
  const perBlock = steps / (length / blockLength);
  const block = Math.floor((step - 1) / perBlock);
  return { block, perBlock, within: step - block * perBlock };
};

/**
 * How many of some masks of a block a step reveals, and the probability with which each is: all in the last step. Throws InvalidArgumentError for a schedule that
 * does not fall, or counts what is not there.
 */
export const revealed = (
  settings: Pick<SampleSettings, 'schedule'>,
  place: Omit<StepInBlock, 'block'>,
  masks: number,
): { readonly count: number; readonly probability: number } => {
  const { perBlock, within } = place;
  const { count } = settings.schedule;
  const probability = revealProbability(settings, place);
  if (within === perBlock) return { count: masks, probability };
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

/** The probability 1 − s/t with which a masked slot is revealed in a step of a block; 1 in the last. Throws InvalidArgumentError for a schedule that does not fall. */
const revealProbability = (
  { schedule }: Pick<SampleSettings, 'schedule'>,
  { perBlock, within }: Omit<StepInBlock, 'block'>,
): number => {
  if (within === perBlock) return 1;
  const [s, t] = [schedule(within, perBlock), schedule(within - 1, perBlock)];
  const falls = typeof s === 'number' && typeof t === 'number' && t <= 1 && s <= t && s >= 0 && t > 0;
  requireThat(
    `schedule, steps ${within - 1} and ${within} of ${perBlock}`,
    [t, s],
    'noise levels that fall within [0, 1]',
    falls,
  );
  return 1 - s / t;
};
