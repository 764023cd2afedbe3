import type { Reward } from '../contracts/guidance/reward.js';
import type { Prompt } from '../contracts/model/prompt.js';

/**
 * Rates responses; `passes` is how many sequences went through networks for it, one for each response of a
 * reward that does not say.
 */
export const countedScore = async (
  reward: Reward,
  prompt: Prompt,
  responses: readonly string[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly rewards: Float64Array; readonly passes: number }> => {
  let told: number | undefined;
  const onPasses = (count: number) => {
    told = (told ?? 0) + count;
  };
  const rewards = await reward.score(prompt, responses, { ...options, onPasses });
  return { rewards, passes: told ?? responses.length };
};
