import {
  NumericalError,
  nextTurn,
  type RestSums,
  type RowLogits,
  turnIsDue,
  wholeVocabulary,
} from '@entrgi/core';
import { relaxedTemperature } from '@entrgi/core/internal';

export interface CandidateRule {
  /** Sampling temperature τ. */
  readonly temperature: number;
  /** How far a logit may move before the distribution is used, at most; Infinity where nothing is known. */
  readonly maxMovement: number;
  /**
   * Total-variation distance that leaving out tokens may cost each row's softmax(φ/τ), after a given
   * movement; 0 leaves none out. No bound of a guided result: tokens left out would also have steered the
   * movement.
   */
  readonly tolerance: number;
  /**
   * Share of the vocabulary in (0, 1] beyond which no token is left out, since candidates would cost more
   * than they save; 1 serves measurements.
   * @default 1/4
   */
  readonly largestShare?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** In countLogits as a number. */
const BINS = 4096;
const BINS_PER_UNIT = 32;
const LARGEST_SHARE = 1 / 4;

/**
 * The tokens that can matter in each row of `logits`, shape [rows, size]; all of them where the rest would be
 * too few to pay.
 *
 * Tokens that hold the share ε of softmax(φ/τ) hold at most ε e^(2D/τ) of it after no logit moved by more
 * than D: the rest by D up, the others by D down. Leaving out a share moves the distribution by that share in
 * total variation. So the least likely tokens go as long as their share stays below tolerance · e^(−2D/τ).
 * That holds of logits that move alike; those of a guidance on candidates move a little otherwise, since the
 * tokens left out have no part in its gradient, which Adam may magnify (docs/decisions, 2026-11-24). Logits
 * are counted in bins by their distance to the row's highest: three passes, no sorting.
 */
export const selectCandidates = async (
  logits: Float32Array,
  size: number,
  rule: CandidateRule,
): Promise<RowLogits> => {
  const temperature = relaxedTemperature(rule.temperature);
  const budget = rule.tolerance * Math.exp((-2 * rule.maxMovement) / temperature);
  if (!(budget > 0)) return wholeVocabulary(logits, size);
  const rows = logits.length / size;
  const limit = (rule.largestShare ?? LARGEST_SHARE) * size * rows;
  // At high temperatures distances are counted more coarsely: bins reach to e^−128 of the highest token.
  const scale = BINS_PER_UNIT / Math.max(1, temperature);
  const upper = Float64Array.from({ length: BINS + 1 }, (_, bin) => Math.exp(-bin / scale / temperature));
  const bins = emptyBins();
  const offsets = new Int32Array(rows + 1);
  const highest = new Float64Array(rows);
  const untempered = restSums(rows);
  const tempered = restSums(rows);
  const kept = new Int32Array(rows);

  for (let row = 0; row < rows; row++) {
    const start = row * size;
    const end = start + size;
    const top = highestLogit(logits, start, end);
    if (!Number.isFinite(top)) {
      throw new NumericalError(`Row ${row}: expected a highest logit that is finite, got ${top}.`, {
        value: top,
      });
    }
    countLogits(logits, start, end, top * scale, scale, bins);
    const candidates = candidateBins(bins, upper, budget);
    if (candidates > BINS) return wholeVocabulary(logits, size);
    let count = 0;
    for (let bin = 0; bin < candidates; bin++) count += bins.counts[bin]!;
    offsets[row + 1] = offsets[row]! + count;
    if (offsets[row + 1]! > limit) return wholeVocabulary(logits, size);
    highest[row] = top;
    kept[row] = candidates;
    addRest(bins, candidates, scale, untempered, row);
    addRest(bins, candidates, scale * temperature, tempered, row);
    if (turnIsDue()) await nextTurn(rule.signal);
  }

  const tokenIds = new Int32Array(offsets[rows]!);
  const values = new Float32Array(offsets[rows]!);
  for (let row = 0; row < rows; row++) {
    const from = offsets[row]!;
    const own = { tokenIds: tokenIds.subarray(from), values: values.subarray(from) };
    collect(logits, row * size, (row + 1) * size, highest[row]! * scale, scale, kept[row]!, own);
    if (turnIsDue()) await nextTurn(rule.signal);
  }
  return { size, offsets, values, tokenIds, rest: { highest, untempered, tempered } };
};

interface Candidates {
  readonly tokenIds: Int32Array;
  readonly values: Float32Array;
}

const restSums = (rows: number): RestSums => ({
  mass: new Float64Array(rows),
  energy: new Float64Array(rows),
});

/** In four lanes, none of which waits for the comparison before. */
const highestLogit = (logits: Float32Array, start: number, end: number): number => {
  let a = Number.NEGATIVE_INFINITY;
  let b = a;
  let c = a;
  let d = a;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    if (logits[i]! > a) a = logits[i]!;
    if (logits[i + 1]! > b) b = logits[i + 1]!;
    if (logits[i + 2]! > c) c = logits[i + 2]!;
    if (logits[i + 3]! > d) d = logits[i + 3]!;
  }
  for (; i < end; i++) if (logits[i]! > a) a = logits[i]!;
  return Math.max(a, b, c, d);
};

/**
 * What is known of the logits in each bin of distances to the highest. Those beyond the last bin are counted
 * in one more.
 */
interface Bins {
  /**
   * How many bins there are up to the last with a logit in it, at least 1: what the others hold means
   * nothing, but for the one beyond all.
   */
  used: number;
  readonly counts: Int32Array;
  /** Σ of their distances to the near edge of their bin, in bins. */
  readonly remainders: Float64Array;
  /**
   * While counting, both in one number, 1 + 2^−20 · remainder for each: one read and one write. Even and odd
   * places apart: neither waits.
   */
  readonly even: Float64Array;
  readonly odd: Float64Array;
}

const emptyBins = (): Bins => ({
  used: 1,
  counts: new Int32Array(BINS + 1),
  remainders: new Float64Array(BINS + 1),
  even: new Float64Array(BINS + 1),
  odd: new Float64Array(BINS + 1),
});

/**
 * Counts the logits of a row by their distance to its highest, `top`, both times `scale`; −∞ falls into no
 * bin.
 */
const countLogits = (
  logits: Float32Array,
  start: number,
  end: number,
  top: number,
  scale: number,
  bins: Bins,
): void => {
  const { counts, remainders, even, odd } = bins;
  // Local, since a bundler may make variables of a module's constants, which the compiler does not see through: half the time.
  const last = 4096;
  // So small that the remainders of 2^19 logits do not add up to 1/2, and large enough that 2^−14 of one is still told apart.
  const unit = 2 ** -20;
  even.fill(0);
  odd.fill(0);
  let i = start;
  for (; i + 2 <= end; i += 2) {
    const a = top - logits[i]! * scale;
    const b = top - logits[i + 1]! * scale;
    if (a < last && b < last) {
      const binA = a | 0;
      const binB = b | 0;
      even[binA]! += 1 + (a - binA) * unit;
      odd[binB]! += 1 + (b - binB) * unit;
    } else {
      countOne(a, even);
      countOne(b, even);
    }
  }
  if (i < end) countOne(top - logits[i]! * scale, even);
  let used: number = last;
  while (used > 1 && even[used - 1]! === 0 && odd[used - 1]! === 0) used--;
  for (let bin = 0; bin < used; bin++) {
    const a = even[bin]!;
    const b = odd[bin]!;
    const count = Math.floor(a) + Math.floor(b);
    counts[bin] = count;
    remainders[bin] = (a + b - count) / unit;
  }
  counts[last] = even[last]! + odd[last]!;
  bins.used = used;
};

const countOne = (distance: number, sums: Float64Array): void => {
  if (distance < BINS) {
    const bin = distance | 0;
    sums[bin]! += 1 + (distance - bin) * 2 ** -20;
  } else if (distance < Number.POSITIVE_INFINITY) sums[BINS]!++;
};

/**
 * Writes the logits of the first `bins` bins, ascending by token: by the very distance that they were counted
 * by, which rounds as it did.
 */
const collect = (
  logits: Float32Array,
  start: number,
  end: number,
  top: number,
  scale: number,
  bins: number,
  { tokenIds, values }: Candidates,
): void => {
  let count = 0;
  for (let i = start; i < end; i++) {
    const value = logits[i]!;
    if (top - value * scale < bins) {
      tokenIds[count] = i - start;
      values[count++] = value;
    }
  }
};

/**
 * How many bins, from the highest logit on, hold all but the share `budget`; BINS + 1 where not even all of
 * them do. Weights are taken at the bins' edges, so as to err on the safe side.
 */
const candidateBins = ({ counts, used }: Bins, upper: Float64Array, budget: number): number => {
  let total = 0;
  for (let bin = 0; bin < used; bin++) total += counts[bin]! * upper[bin + 1]!;
  let left = counts[BINS]! * upper[BINS]!;
  if (left > budget * total) return BINS + 1;
  let bins = used;
  for (; bins > 1; bins--) {
    left += counts[bins - 1]! * upper[bins - 1]!;
    if (left > budget * total) break;
  }
  return bins;
};

/** Adds up the bins left out, each logit at the mean of its bin: within (1/32)²/8 of its own weight. */
const addRest = (
  { counts, remainders, used }: Bins,
  candidates: number,
  scale: number,
  sums: RestSums,
  row: number,
): void => {
  let mass = 0;
  let energy = 0;
  for (let bin = candidates; bin < used; bin++) {
    const number = counts[bin]!;
    if (number === 0) continue;
    const z = -(bin + remainders[bin]! / number) / scale;
    const e = number * Math.exp(z);
    mass += e;
    energy += z * e;
  }
  sums.mass[row] = mass;
  sums.energy[row] = energy;
};
