import { requireThat, requireWhole } from '@entrgi/core/internal';
import { requireShare } from './require-share.js';

/** The options of sampling that are numbers: what they may be depends on each other, and on no model. */
export interface SampleNumbers {
  readonly trajectories: number;
  readonly steps: number;
  readonly maxNewTokens: number;
  readonly blockLength: number;
  readonly temperature: number;
  readonly vocabularyTolerance: number;
  readonly seed: number;
  readonly confidenceThreshold?: number | undefined;
  readonly editThreshold?: number | undefined;
  readonly classifierFreeScale?: number | undefined;
  readonly entropyBound?: number | undefined;
  readonly guidanceEvery?: number | undefined;
  readonly guidanceFrom?: number | undefined;
  readonly guidanceUntil?: number | undefined;
}

/** A step is one 32-bit word of its random stream, and a place among all tokens an index of an array. */
const MOST_STEPS = 2 ** 32 - 1;
const MOST_TOKENS = 2 ** 31 - 1;

/** Throws InvalidArgumentError for a number that sampling refuses. */
export const requireSampleNumbers = (numbers: SampleNumbers): void => {
  const { trajectories, steps, maxNewTokens, blockLength } = numbers;
  requireWhole('trajectories', trajectories, 1);
  requireWhole('steps', steps, 1, MOST_STEPS);
  requireWhole('maxNewTokens', maxNewTokens, 1);
  const tokens = trajectories * maxNewTokens;
  requireThat('trajectories · maxNewTokens', tokens, `at most ${MOST_TOKENS} tokens`, tokens <= MOST_TOKENS);
  requireWhole('blockLength', blockLength, 1);
  requireTemperature('temperature', numbers.temperature);
  const { vocabularyTolerance, seed, confidenceThreshold, editThreshold } = numbers;
  requireThat(
    'vocabularyTolerance',
    vocabularyTolerance,
    'a number of at least 0 and below 1',
    typeof vocabularyTolerance === 'number' && vocabularyTolerance >= 0 && vocabularyTolerance < 1,
  );
  requireThat('seed', seed, 'a whole number between −(2^53 − 1) and 2^53 − 1', Number.isSafeInteger(seed));
  const { classifierFreeScale = 0, entropyBound = 0 } = numbers;
  requireTemperature('classifierFreeScale', classifierFreeScale);
  requireTemperature('entropyBound', entropyBound);
  const { guidanceEvery = 1, guidanceFrom = 0, guidanceUntil = 1 } = numbers;
  requireWhole('guidanceEvery', guidanceEvery, 1);
  requireShare('guidanceFrom', guidanceFrom);
  requireShare('guidanceUntil', guidanceUntil);
  if (editThreshold !== undefined) {
    const isShare = typeof editThreshold === 'number' && editThreshold >= 0 && editThreshold < 1;
    requireThat('editThreshold', editThreshold, 'a number of at least 0 and below 1', isShare);
  }
  if (confidenceThreshold === undefined) return;
  const isProbability =
    typeof confidenceThreshold === 'number' && confidenceThreshold > 0 && confidenceThreshold <= 1;
  requireThat('confidenceThreshold', confidenceThreshold, 'a number above 0 and at most 1', isProbability);
};

/** Throws InvalidArgumentError unless a response divides into blocks, and the steps into as many shares. */
export const requireWholeBlocks = ({
  steps,
  maxNewTokens,
  blockLength,
}: Pick<SampleNumbers, 'steps' | 'maxNewTokens' | 'blockLength'>): void => {
  const blocks = maxNewTokens / blockLength;
  const divides = Number.isInteger(blocks);
  requireThat('blockLength', blockLength, `a divisor of maxNewTokens (${maxNewTokens})`, divides);
  requireThat('steps', steps, `a multiple of the number of blocks (${blocks})`, steps % blocks === 0);
};

/** Throws InvalidArgumentError unless `value` can be divided by, or is 0. */
export const requireTemperature = (name: string, value: number): void =>
  requireThat(name, value, 'a number of at least 0', Number.isFinite(value) && value >= 0);
