import { type Denoiser, InvalidArgumentError, type Prompt } from '@entrgi/core';
import { maskedRows } from './masked-rows.js';
import { revealOrder } from './reveal-order.js';

/** How a likelihood is estimated. */
export interface LogLikelihoodOptions {
  readonly steps: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * log p(response | prompt) along a denoising path: all of the response is masked, then revealed in so many
 * steps, each token rated where it is revealed. The token that ends a response is part of it, where the
 * denoiser has one. In as many steps as there are tokens its mean over seeds is a lower bound of the exact
 * one. `passes`: how many sequences went through the denoiser.
 * @throws InvalidArgumentError for a response that does not fit
 */
export const logLikelihood = async (
  denoiser: Denoiser,
  prompt: Prompt,
  response: string,
  { steps, seed, signal }: LogLikelihoodOptions,
): Promise<{ readonly sum: number; readonly tokens: number; readonly passes: number }> => {
  const { vocabulary, maxLength } = denoiser;
  const before = denoiser.encodePrompt(prompt);
  const after = Int32Array.of(...denoiser.encodeText(response), ...vocabulary.endIds.slice(0, 1));
  const length = before.length + after.length;
  if (length > maxLength) {
    throw new InvalidArgumentError(
      `Denoiser '${denoiser.name}': expected at most ${maxLength} tokens, got ${length} (${before.length} before the response, ${after.length} in it).`,
      { value: response, hint: 'Shorten the prompt or the response.' },
    );
  }
  const tokenIds = new Int32Array(length).fill(vocabulary.maskId!);
  tokenIds.set(before);
  let sum = 0;
  const groups = revealOrder(after.length, steps, seed);
  for (const slots of groups) {
    const rows = await maskedRows(denoiser, {
      tokenIds: tokenIds.slice(),
      batch: 1,
      length,
      positions: slots.map((slot) => before.length + slot),
      promptLength: before.length,
      signal,
    });
    slots.forEach((slot, row) => {
      sum += rows.logProbability(row, after[slot]!);
    });
    for (const slot of slots) tokenIds[before.length + slot] = after[slot]!;
  }
  return { sum, tokens: after.length, passes: groups.length };
};
