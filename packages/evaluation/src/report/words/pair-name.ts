import type { SetupSummary } from '../summary/summary.js';

/** What a reader calls the models of a section. */
export const pairName = ({ models: { denoiser, reward } }: SetupSummary): string => `${denoiser} × ${reward}`;
