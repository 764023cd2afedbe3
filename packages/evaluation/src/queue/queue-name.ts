import { hashOf } from '../journal/canonical-json.js';
import type { Cell } from '../plan/plan-evaluation.js';

/** The queue of all evaluations with the same models, loaded in the same way: whoever takes work from it can do it. */
export const queueName = (cells: readonly Cell[]): string => {
  const { hashes, dtype, label, minimumCoverage, templateVariables, templateDate, attention, endTokens } =
    cells[0]!.recorded;
  const loading = {
    hashes,
    dtype,
    label,
    minimumCoverage,
    templateVariables,
    templateDate,
    attention,
    endTokens,
  };
  return `entrgi-${hashOf(loading)}`;
};
