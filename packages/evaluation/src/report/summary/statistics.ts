/** A mean, and the standard error of it: null where there are fewer than two of what it is taken over. */
export interface Estimate {
  readonly mean: number;
  readonly error: number | null;
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean and standard error, s/√n with s² = Σ(x − x̄)²/(n − 1). */
export const estimate = (values: readonly number[]): Estimate => {
  const mean = meanOf(values);
  const count = values.length;
  if (count < 2) return { mean, error: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (count - 1) / count) };
};

/** Mean of each group, then mean and standard error over the groups. */
export const estimateOver = <T>(
  items: readonly T[],
  groupOf: (item: T) => unknown,
  numberOf: (item: T) => number,
): Estimate => estimate([...groupBy(items, groupOf).values()].map((group) => meanOf(group.map(numberOf))));

/** Items by what they have in common, in the order in which each group first appears. */
export const groupBy = <T, K>(items: readonly T[], groupOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = groupOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
};

/** Whether a difference is more than two standard errors from 0. */
export const isClear = ({ mean, error }: Estimate): boolean => error !== null && Math.abs(mean) > 2 * error;
