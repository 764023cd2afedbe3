import { canonicalJson, hashOf } from '../journal/canonical-json.js';
import type { Cell } from '../plan/plan-evaluation.js';

/**
 * The queue of all evaluations with the same models, loaded in the same way: whoever takes work from it can
 * do it.
 */
export const queueName = (cells: readonly Cell[]): string => {
  const loadings = new Set(cells.map(({ recorded }) => canonicalJson(loadingOf(recorded))));
  return `entrgi-${hashOf([...loadings].toSorted())}`;
};

const loadingOf = ({
  hashes,
  dtype,
  label,
  minimumCoverage,
  templateVariables,
  templateDate,
  attention,
  endTokens,
}: Cell['recorded']) => ({
  hashes,
  dtype,
  label,
  minimumCoverage,
  templateVariables,
  templateDate,
  attention,
  endTokens,
});
