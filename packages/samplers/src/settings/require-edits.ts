import { requireThat } from '@entrgi/core/internal';
import { type ResponseBlocksOptions, responseBlocks } from './response-blocks.js';

/**
 * Throws InvalidArgumentError where editThreshold could have no effect: a step edits what steps before it
 * wrote in the same block.
 */
export const requireEdits = (
  steps: number,
  {
    promptLengths,
    ...options
  }: Omit<ResponseBlocksOptions, 'promptLength'> & {
    readonly promptLengths: readonly number[];
  },
): void => {
  for (const promptLength of promptLengths) {
    const blocks = responseBlocks({ ...options, promptLength }).length;
    const expected = `more than one in each of ${blocks} blocks, for editThreshold to have an effect`;
    requireThat(
      'steps',
      steps,
      blocks === 1 ? 'at least 2, for editThreshold to have an effect' : expected,
      steps > blocks,
    );
  }
};
