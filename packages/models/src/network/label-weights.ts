import { InvalidArgumentError } from '@entrgi/core';
import { type OptionCheck, requireThat } from '@entrgi/core/internal';
import { chooseLabel } from './choose-label.js';

/** Throws InvalidArgumentError for what can be no weights of labels. */
export const requireLabelWeights: OptionCheck = (name, value) => {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const weights = isObject ? Object.values(value) : [];
  const right = weights.length > 0 && weights.every((weight) => Number.isFinite(weight));
  requireThat(
    name,
    value,
    'an object of numbers by label, such as { helpfulness: 0.7, verbosity: -0.1 }',
    right,
  );
};

/**
 * The weight of each label, 0 of those that are not named; of a label without a name of its own, LABEL_2 or 2
 * names the third.
 * @throws InvalidArgumentError that lists the labels for one that there is not, and where a single label is
 *   chosen, too; `of` is what it calls the model
 */
export const weightsOfLabels = (
  of: string,
  labels: readonly string[],
  given: Readonly<Record<string, number>>,
  label: number | string | undefined,
): Float32Array => {
  if (label !== undefined) {
    throw new InvalidArgumentError(`${of}: expected label or labelWeights, got both.`, { value: label });
  }
  const weights = new Float32Array(labels.length);
  for (const [name, weight] of Object.entries(given)) {
    const isNumber = /^\d+$/.test(name) && !labels.includes(name);
    weights[chooseLabel(of, labels, isNumber ? Number(name) : name)]! += weight;
  }
  return weights;
};
