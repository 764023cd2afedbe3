import { fileURLToPath } from 'node:url';

export { openings } from './openings.js';

/** Folder of the denoiser's checkpoint: a masked diffusion language model of 3.3 million parameters (Dream's architecture). */
export const denoiserDirectory: string = fileURLToPath(new URL('../models/denoiser', import.meta.url));

/** Folder of the reward's checkpoint: a Qwen3 sequence classifier of 1.05 million parameters with one label. */
export const rewardDirectory: string = fileURLToPath(new URL('../models/reward', import.meta.url));
