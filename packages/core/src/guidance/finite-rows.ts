import type { GuidanceRequest } from '../contracts/guidance/guidance.js';
import { NumericalError } from '../errors/errors.js';
import { firstNotFinite, nextNotFinite } from '../errors/first-not-finite.js';

/** What errors call a row. */
export const placeOfRow = (
  { request: { step, rows, tokenIds, trajectories }, firstTrajectory }: PlacedRows,
  row: number,
): string => {
  const length = tokenIds.length / trajectories;
  const slot = rows[row]!;
  const trajectory = firstTrajectory + Math.floor(slot / length);
  return `Denoising step ${step}, trajectory ${trajectory}, position ${slot % length}`;
};

interface PlacedRows {
  readonly request: Omit<GuidanceRequest, 'logits'>;
  readonly firstTrajectory: number;
}

export const notFinite = (place: string, what: string, value: number): NumericalError =>
  new NumericalError(`${place}: expected finite ${what}, got ${value}.`, {
    value,
    hint: 'Lower the learning rate, or check the weights of the denoiser and the reward model.',
  });

export const whenIn = (m: number): string => (m === 0 ? 'before guidance' : `after guidance step ${m}`);

/**
 * How many logits are −∞; NaN where one is NaN or +∞. An update must leave as many as there were: more are an
 * overflow.
 */
export const countExcluded = (values: Float32Array, start: number, end: number): number => {
  let count = 0;
  for (let i = nextNotFinite(values, start, end); i < end; i = nextNotFinite(values, i + 1, end)) {
    count += values[i] === Number.NEGATIVE_INFINITY ? 1 : Number.NaN;
  }
  return count;
};

/** The first NaN or +∞; −∞ where there is none. */
export const worst = (values: Float32Array, start: number, end: number): number => {
  const at = firstNotFinite(values.subarray(start, end), Number.NEGATIVE_INFINITY);
  return at < 0 ? Number.NEGATIVE_INFINITY : values[start + at]!;
};
