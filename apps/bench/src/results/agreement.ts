import type { Report } from './results.js';

type Outputs = Readonly<Record<string, readonly number[]>>;

/** Largest difference relative to the largest value of the same output; infinite where shapes differ or a number is not finite. */
export const difference = (ours: Outputs, theirs: Outputs): number => {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return Math.max(...[...names].map((name) => relative(ours[name] ?? [], theirs[name] ?? [])));
};

const relative = (ours: readonly number[], theirs: readonly number[]): number => {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let worst = 0;
  ours.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value), Math.abs(theirs[i]!));
    worst = Math.max(worst, Math.abs(value - theirs[i]!));
  });
  if (!Number.isFinite(worst) || !Number.isFinite(largest)) return Number.POSITIVE_INFINITY;
  return largest === 0 ? 0 : worst / largest;
};

/** Cosine of the angle between the two sides' values of each output. */
export const cosines = (ours: Outputs, theirs: Outputs): Record<string, number> =>
  Object.fromEntries(Object.keys(ours).map((name) => [name, cosine(ours[name]!, theirs[name] ?? [])]));

const cosine = (ours: readonly number[], theirs: readonly number[]): number => {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  return dot(ours, theirs) / Math.sqrt(dot(ours, ours) * dot(theirs, theirs));
};

/** A sentence for each side of a report in full precision whose outputs are not those they must be. */
export const disagreements = ({ cases }: Report): string[] =>
  cases.flatMap(({ section, parameters, sides }) =>
    sides.flatMap(({ name, times }) => {
      const agreement = times?.agreement;
      if (agreement?.tolerance === undefined || agreement.difference <= agreement.tolerance) return [];
      if ((parameters.dtype ?? 'fp32') !== 'fp32') return [];
      return [
        `${section} ${Object.values(parameters).join(' ')}: '${name}' differs from '${agreement.with}' by ` +
          `${agreement.difference.toExponential(1)}, more than ${agreement.tolerance}.`,
      ];
    }),
  );
