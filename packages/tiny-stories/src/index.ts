import { fileURLToPath } from 'node:url';

export { denoiserFiles, judgeFiles, moodFiles, rewardFiles } from './model-files.js';
export { openings } from './openings.js';

const folder = (name: string): string => fileURLToPath(new URL(`../models/${name}`, import.meta.url));

/**
 * Folder of the denoiser's checkpoint: a masked diffusion language model of 3.3 million parameters (Dream's
 * architecture).
 */
export const denoiserDirectory: string = folder('denoiser');

/**
 * Folder of the reward's checkpoint: a Qwen3 sequence classifier of 2.0 million parameters with one label,
 * which rates sense and kindness.
 */
export const rewardDirectory: string = folder('reward');

/**
 * Folder of the mood reward's checkpoint: a Qwen3 sequence classifier of 1.05 million parameters, which
 * prefers cheerful to gloomy and knows nothing of sense.
 */
export const moodDirectory: string = folder('mood');

/**
 * Folder of the judge's checkpoint: a BERT sequence classifier of 2.3 million parameters with a tokenizer of
 * its own. The sigmoid of its logit is the probability that a person wrote the continuation. Not for
 * guidance: it says whether what guidance reached is good.
 */
export const judgeDirectory: string = folder('judge');
