import type { JournalLine } from '../journal/journal-line.js';

/** A journal's line of made-up numbers; its text has letters of several bytes. */
export const smallLine = (seed: number, over: Partial<JournalLine> = {}): JournalLine => ({
  key: `key-${seed}`,
  prompt: `Où est le n° ${seed} – 🐈?`,
  method: 'bon',
  temperature: 0.7,
  seed,
  settings: { denoiser: 'd', reward: 'r', hashes: {} },
  trajectories: [
    { text: 'é', tokenIds: [1, 2], reward: seed },
    { text: 'b', tokenIds: [3, 4], reward: 0.5 - seed },
  ],
  top1: seed,
  avg: 0,
  cost: { seconds: 0.5, denoiserPasses: 8, rewardPasses: 2 },
  versions: { entrgi: '0.0.0' },
  ...over,
});
