import type { GuidanceRequest } from '../contracts/guidance/guidance.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { MemoryLimitError } from '../errors/errors.js';

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

/** The same step of some trajectories alone, guided together. */
export interface TrajectoryGroup<Request = GuidanceRequest> {
  readonly request: Request;
  readonly firstTrajectory: number;
  readonly firstRow: number;
}

/** A step, whatever its logits are. */
type Step = Omit<GuidanceRequest, 'logits'>;

/**
 * As many trajectories at a time as there is memory for: all of them, where their arrays fit. `logits` are
 * those of all rows; `part` takes those from a row up to (not with) another; `width` is how many columns the
 * reward is asked about.
 * @throws MemoryLimitError where a given limit is too small for a single one
 */
export const trajectoryGroups = <Request extends Step>(
  request: Request,
  logits: Pick<RowLogits, 'size' | 'offsets' | 'tokenIds'>,
  part: (from: number, to: number) => Partial<Request>,
  width: number,
  memoryLimit: number | undefined,
): TrajectoryGroup<Request>[] => {
  const { trajectories, rows, tokenIds, random } = request;
  const { offsets, size } = logits;
  const length = tokenIds.length / trajectories;
  const limit = memoryLimit ?? Math.max(SHARE * FLOAT_BYTES * rows.length * size, LEAST_BYTES);
  // Candidates have ids, and are spread to columns and gathered from them again; of the whole vocabulary, the reward is handed the probabilities themselves.
  const more = logits.tokenIds === undefined ? 0 : 1;
  const held = FLOAT_BYTES * offsets[rows.length]! * (1 + more);
  const bytesOf = (from: number, to: number): number =>
    held + FLOAT_BYTES * (ARRAYS + more) * (offsets[to]! - offsets[from]! + (to - from) * width);
  const rowsBefore = (trajectory: number): number => {
    const row = rows.findIndex((slot) => slot >= trajectory * length);
    return row < 0 ? rows.length : row;
  };

  const groups: TrajectoryGroup<Request>[] = [];
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
    const start = first;
    const own = {
      trajectories: end - start,
      tokenIds: tokenIds.subarray(start * length, end * length),
      rows: rows.slice(from, to).map((slot) => slot - start * length),
      random: (trajectory: number, guidanceStep: number) => random(start + trajectory, guidanceStep),
    };
    const isAll = end - start === trajectories;
    groups.push({
      firstTrajectory: start,
      firstRow: from,
      request: isAll ? request : { ...request, ...own, ...part(from, to) },
    });
    first = end;
  }
  return groups;
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
