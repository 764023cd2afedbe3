import { type Denoiser, EntrgiError, InvalidArgumentError } from '@entrgi/core';
import type { PromptEntry } from '@entrgi/evaluation/internal';

/** Refuses prompts that leave no room for the response, by the name they have. */
export const checkWindows = (
  prompts: readonly PromptEntry[],
  denoiser: Pick<Denoiser, 'encodePrompt' | 'maxLength'>,
  maxNewTokens: number,
): void => {
  for (const { prompt, source } of prompts) {
    const tokens = promptTokens(denoiser, { prompt, source });
    if (tokens + maxNewTokens <= denoiser.maxLength) continue;
    throw new InvalidArgumentError(
      `${source}: expected at most ${denoiser.maxLength} tokens with the response, got ${tokens} + ${maxNewTokens}.`,
      { value: prompt, hint: 'Shorten the prompt, or lower --max-new-tokens.' },
    );
  }
};

const promptTokens = (denoiser: Pick<Denoiser, 'encodePrompt'>, { prompt, source }: PromptEntry): number => {
  try {
    return denoiser.encodePrompt(prompt).length;
  } catch (cause) {
    if (!EntrgiError.isInstance(cause)) throw cause;
    throw new InvalidArgumentError(`${source}: ${cause.message}`, { value: prompt, cause });
  }
};
