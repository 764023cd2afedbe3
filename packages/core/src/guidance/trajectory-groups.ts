import type { GuidanceRequest } from '../contracts/guidance/guidance.js';
import { MemoryLimitError } from '../errors/errors.js';
import { rowRange } from './row-range.js';

/** What the arrays of a step may take where nobody said otherwise: so many times the logits of all its rows over the whole vocabulary, or so much. */
const SHARE = 2.5;
const LEAST_BYTES = 2 ** 26;
const FLOAT_BYTES = 4;
/** For each logit: its probability and two moments. */
const OWN_ARRAYS = 3;
/** For each row and column: probabilities in the reward's own vocabulary, their copy in a worker, and the scores. */
const REWARD_ARRAYS = 3;

/** Some of the trajectories of a step, guided together. */
export interface TrajectoryGroup {
  /** The same step of these trajectories alone. */
  readonly request: GuidanceRequest;
  readonly firstTrajectory: number;
  readonly firstRow: number;
}

/**
 * As many trajectories at a time as there is memory for: all of them, where their arrays fit. `width`: how many columns the reward is asked about.
 * Throws MemoryLimitError where a given limit is too small for a single one.
 */
export const trajectoryGroups = (
  request: GuidanceRequest,
  width: number,
  memoryLimit: number | undefined,
): TrajectoryGroup[] => {
  const { trajectories, rows, logits } = request;
  const { values, offsets, tokenIds, size } = logits;
  const length = request.tokenIds.length / trajectories;
  const limit = memoryLimit ?? Math.max(SHARE * FLOAT_BYTES * rows.length * size, LEAST_BYTES);
  const held = FLOAT_BYTES * values.length * (tokenIds === undefined ? 1 : 2);
  const ends = Array.from({ length: trajectories }, (_, k) => rowsBefore(rows, (k + 1) * length));
  const work = (from: number, to: number): number => {
    const logitsOf = offsets[to]! - offsets[from]!;
    // Candidates are spread to columns and gathered from them again; of the whole vocabulary, the reward is handed the probabilities themselves.
    const own =
      tokenIds === undefined ? OWN_ARRAYS * logitsOf : (OWN_ARRAYS + 1) * logitsOf + (to - from) * width;
    return FLOAT_BYTES * (own + REWARD_ARRAYS * (to - from) * width);
  };

  const groups: TrajectoryGroup[] = [];
  let first = 0;
  for (let k = 0; k < trajectories; k++) {
    const from = first === 0 ? 0 : ends[first - 1]!;
    if (memoryLimit !== undefined && first === k && held + work(from, ends[k]!) > limit) {
      throw refusal(held + work(from, ends[k]!), limit, { rows: ends[k]! - from, size, held });
    }
    if (k + 1 < trajectories && held + work(from, ends[k + 1]!) <= limit) continue;
    groups.push(group(request, { first, last: k, from, to: ends[k]!, length }));
    first = k + 1;
  }
  return groups;
};

const group = (
  request: GuidanceRequest,
  { first, last, from, to, length }: Record<'first' | 'last' | 'from' | 'to' | 'length', number>,
): TrajectoryGroup => {
  const { trajectories, tokenIds, rows, logits, random } = request;
  const isAll = first === 0 && last === trajectories - 1;
  return {
    firstTrajectory: first,
    firstRow: from,
    request: isAll
      ? request
      : {
          ...request,
          trajectories: last - first + 1,
          tokenIds: tokenIds.subarray(first * length, (last + 1) * length),
          rows: rows.slice(from, to).map((slot) => slot - first * length),
          logits: rowRange(logits, from, to),
          random: (k, guidanceStep) => random(first + k, guidanceStep),
        },
  };
};

/** How many of the ascending rows stand before a slot. */
const rowsBefore = (rows: Int32Array, slot: number): number => {
  const index = rows.findIndex((row) => row >= slot);
  return index < 0 ? rows.length : index;
};

const refusal = (
  bytes: number,
  limit: number,
  { rows, size, held }: { readonly rows: number; readonly size: number; readonly held: number },
): MemoryLimitError =>
  new MemoryLimitError(
    `Guidance: one trajectory of ${rows} masked positions × ${size} tokens takes ${megabytes(bytes)} with the logits of all ` +
      `(${megabytes(held)}), but the limit is ${megabytes(limit)}.`,
    { value: bytes, hint: 'Sample fewer trajectories or shorter responses, or raise memoryLimit.' },
  );

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
