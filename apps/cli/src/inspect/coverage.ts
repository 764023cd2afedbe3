import { mapTokens } from '@entrgi/models';
import type { CheckpointReport } from './checkpoint-report.js';

/** How many tokens of one vocabulary another has. */
export interface Coverage {
  readonly from: string;
  readonly to: string;
  readonly tokens: number;
  readonly found: number;
  /** Share of what the one says that the other has tokens for: what guidance goes by. */
  readonly coverage: number;
  /** The first tokens that are missing. */
  readonly missing: readonly string[];
}

/** How many examples of missing tokens are shown. */
const examples = 8;

/** Both ways: a denoiser's tokens in a reward model matter for guidance. */
export const coverageBetween = (a: CheckpointReport, b: CheckpointReport): [Coverage, Coverage] => [
  coverage(a, b),
  coverage(b, a),
];

const coverage = (from: CheckpointReport, to: CheckpointReport): Coverage => {
  const map = mapTokens(from.vocabulary, to.vocabulary, { missingTokens: 'zero' });
  const { tokens } = from.report;
  return {
    from: from.report.path,
    to: to.report.path,
    tokens,
    found: tokens - map.missingTokens.length,
    coverage: map.coverage,
    missing: map.missingTokens.slice(0, examples),
  };
};
