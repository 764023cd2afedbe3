import type { GuidanceRequest } from '../contracts/guidance/guidance.js';
import { MemoryLimitError } from '../errors/errors.js';
import { rowRange } from './row-range.js';

/**
 * What the arrays of a step may take where nobody said otherwise: so many times the logits of all its rows
 * over the whole vocabulary, or so much.
 */
const SHARE = 2.5;
const LEAST_BYTES = 2 ** 26;
const FLOAT_BYTES = 4;
/**
 * For each logit: its probability and two moments. For each row and column: probabilities in the reward's own
 * vocabulary, their copy in a worker, and the scores.
 */
const ARRAYS = 3;

/** Some of the trajectories of a step, guided together. */
export interface TrajectoryGroup {
  /** The same step of these trajectories alone. */
  readonly request: GuidanceRequest;
  readonly firstTrajectory: number;
  readonly firstRow: number;
}

/**
 * As many trajectories at a time as there is memory for: all of them, where their arrays fit. `width`: how
 * many columns the reward is asked about.
 * @throws MemoryLimitError where a given limit is too small for a single one
 */
export const trajectoryGroups = (
  request: GuidanceRequest,
  width: number,
  memoryLimit: number | undefined,
): TrajectoryGroup[] => {
  const { trajectories, rows, logits } = request;
  const { offsets, size } = logits;
  const length = request.tokenIds.length / trajectories;
  const limit = memoryLimit ?? Math.max(SHARE * FLOAT_BYTES * rows.length * size, LEAST_BYTES);
  // Candidates have ids, and are spread to columns and gathered from them again; of the whole vocabulary, the reward is handed the probabilities themselves.
  const more = logits.tokenIds === undefined ? 0 : 1;
  const held = FLOAT_BYTES * logits.values.length * (1 + more);
  const bytesOf = (from: number, to: number): number =>
    held + FLOAT_BYTES * (ARRAYS + more) * (offsets[to]! - offsets[from]! + (to - from) * width);
  const rowsBefore = (trajectory: number): number => {
    const row = rows.findIndex((slot) => slot >= trajectory * length);
    return row < 0 ? rows.length : row;
  };

  const groups: TrajectoryGroup[] = [];
  let first = 0;
  for (let end = 1; end <= trajectories; end++) {
    const [from, to] = [rowsBefore(first), rowsBefore(end)];
    const bytes = bytesOf(from, to);
    if (memoryLimit !== undefined && end - first === 1 && bytes > limit) {
      throw new MemoryLimitError(
        `Guidance: one trajectory of ${to - from} masked positions × ${size} tokens takes ${megabytes(bytes)} with the logits of all ` +
          `(${megabytes(held)}), but the limit is ${megabytes(limit)}.`,
        { value: bytes, hint: 'Sample fewer trajectories or shorter responses, or raise memoryLimit.' },
      );
    }
    if (end < trajectories && bytesOf(from, rowsBefore(end + 1)) <= limit) continue;
    groups.push({
      firstTrajectory: first,
      firstRow: from,
      request: end - first === trajectories ? request : part(request, first, end, from, to),
    });
    first = end;
  }
  return groups;
};

/** The trajectories from `first` up to (not with) `end`, and their rows. */
const part = (
  request: GuidanceRequest,
  first: number,
  end: number,
  from: number,
  to: number,
): GuidanceRequest => {
  const { trajectories, tokenIds, rows, logits, random } = request;
  const length = tokenIds.length / trajectories;
  return {
    ...request,
    trajectories: end - first,
    tokenIds: tokenIds.subarray(first * length, end * length),
    rows: rows.slice(from, to).map((slot) => slot - first * length),
    logits: rowRange(logits, from, to),
    random: (trajectory, guidanceStep) => random(first + trajectory, guidanceStep),
  };
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
