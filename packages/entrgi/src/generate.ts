import type { GenerateOptions } from './generate-options.js';
import type { GenerateResult } from './generate-result.js';
import { stream } from './stream.js';

/**
 * Writes several responses to a prompt by masked diffusion, guided by the gradient of a reward, and rates
 * them: with the small embedded story models unless others are named. Everything loaded for it is freed
 * again; objects that were passed in stay the caller's.
 * @throws InvalidArgumentError for options that cannot work, before anything is loaded; BackendError where
 *   onnxruntime-node is missing, NonDifferentiableError for a reward that cannot guide, what loadDenoiser and
 *   loadReward throw, and the signal's reason when aborted
 */
export const generate = async (options: GenerateOptions): Promise<GenerateResult> => {
  let result: GenerateResult | undefined;
  for await (const event of stream(options)) if (event.type === 'prompt-end') result = event.result;
  // The last event of a stream that does not throw has it.
  return result!;
};
