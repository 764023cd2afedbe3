import { hashOf } from './canonical-json.js';
import type { JournalLine } from './journal-line.js';

/**
 * Everything that a result depends on: models by their hashes, settings, prompt and seed. Names of models are
 * not among it: a folder may be moved.
 */
export const journalKey = ({
  prompt,
  method,
  seed,
  temperature,
  settings,
}: Pick<JournalLine, 'prompt' | 'method' | 'seed' | 'temperature' | 'settings'>): string => {
  const { denoiser: _d, reward: _r, judge: _j, perplexity: _p, hashes, ...others } = settings;
  return hashOf([hashOf(hashes), hashOf({ method, ...others, temperature }), prompt, seed]);
};
