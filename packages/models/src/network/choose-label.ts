import { InvalidArgumentError } from '@entrgi/core';
import { type OptionCheck, requireThat, requireWhole } from '@entrgi/core/internal';
import { listedNames } from '../checkpoint/listed-names.js';

/** Throws InvalidArgumentError for what can be no label's number or name. */
export const requireLabel: OptionCheck = (name, value) => {
  if (typeof value === 'number') requireWhole(name, value, 0);
  else requireThat(name, value, 'a number or a name', typeof value === 'string');
};

/**
 * The number of the label that is the reward, of a number or a name. Of several labels that have names of
 * their own, one must be said; where they are called LABEL_0, LABEL_1, … or there is only one, it is 0 unless
 * said, by the custom of reward models.
 * @throws InvalidArgumentError that lists the labels; `of` is what it calls the model
 */
export const chooseLabel = (
  of: string,
  labels: readonly string[],
  label: number | string | undefined,
): number => {
  if (label === undefined) {
    if (labels.length === 1 || labels.every((name) => /^LABEL_\d+$/i.test(name))) return 0;
    throw refusal(of, labels, 'expected the one that is the reward, got none', label);
  }
  if (typeof label === 'number') {
    if (Number.isInteger(label) && label >= 0 && label < labels.length) return label;
    throw refusal(of, labels, `expected a number below ${labels.length} or a name, got ${label}`, label);
  }
  const [first, second] = labels.flatMap((name, i) => (name === label ? [i] : []));
  if (first === undefined) throw refusal(of, labels, `there is no ${JSON.stringify(label)}`, label);
  if (second === undefined) return first;
  throw refusal(of, labels, `${JSON.stringify(label)} is the name of more than one`, label);
};

const refusal = (of: string, labels: readonly string[], problem: string, value: unknown) => {
  const all = labels.map((name, i) => `${i} ${JSON.stringify(name)}`);
  return new InvalidArgumentError(`${of}: label: ${problem}.`, {
    value,
    argument: 'label',
    hint: `Its labels are ${listedNames(all, { most: 20 })}.`,
  });
};
