import type { SetupSummary } from '../summary/summary.js';

/** What a reader calls a section: its models, and its data set where there are several. */
export const pairName = ({ models: { denoiser, reward }, data }: SetupSummary): string =>
  `${denoiser} × ${reward}${data === undefined ? '' : `, ${data}`}`;
