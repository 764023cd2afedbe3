import type { Prompt, Reward } from '@entrgi/core';
import { requireFunction } from '@entrgi/core/internal';
import { blackBoxReward } from './black-box-reward.js';

/** Whether a response is right, or how right it is: true is 1, false 0. */
export type Check = (response: string, prompt: Prompt) => boolean | number | Promise<boolean | number>;

/**
 * A reward that a rule decides, response by response: one of `checks`, or any function of the text. It ranks
 * and steers; it cannot guide.
 * @throws InvalidArgumentError for a check that is no function, and what `blackBoxReward` throws
 */
export const verifiableReward = (name: string, check: Check): Reward => {
  requireFunction(
    'verifiableReward: check',
    check,
    'a function from response and prompt to true, false or a number',
  );
  return blackBoxReward(name, (prompt, responses, { onPasses }) => {
    // A rule is no network.
    onPasses?.(0);
    return Promise.all(
      responses.map(async (response) => {
        const right = await check(response, prompt);
        return typeof right === 'boolean' ? Number(right) : right;
      }),
    );
  });
};
