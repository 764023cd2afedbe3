import type { RestSums, RowLogits } from './contracts/row-logits.js';
import { relaxedTemperature } from './relaxed-temperature.js';
import { wholeVocabulary } from './whole-vocabulary.js';

export interface CandidateRule {
  /** Sampling temperature τ. */
  readonly temperature: number;
  /** How far a logit may move before the distribution is used, at most; Infinity where nothing is known. */
  readonly maxMovement: number;
  /** Total-variation distance that leaving out tokens may cost each row's softmax(φ/τ), after the movement; 0 leaves none out. */
  readonly tolerance: number;
}

const BINS = 4096;
const BINS_PER_UNIT = 32;
/** Beyond this share of the vocabulary, candidates cost more than they save. */
const LARGEST_SHARE = 1 / 4;

/**
 * The tokens that can matter in each row of `logits`, shape [rows, size]; all of them where the rest would be too few to pay.
 *
 * Tokens that hold the share ε of softmax(φ/τ) hold at most ε e^(2D/τ) of it after no logit moved by more than D: the rest by D up, the others
 * by D down. Leaving out a share moves the distribution by that share in total variation. So the least likely tokens go as long as their
 * share stays below tolerance · e^(−2D/τ). Logits are counted in bins by their distance to the row's highest: two passes, no sorting.
 */
export const selectCandidates = (logits: Float32Array, size: number, rule: CandidateRule): RowLogits => {
  const temperature = relaxedTemperature(rule.temperature);
  const budget = rule.tolerance * Math.exp((-2 * rule.maxMovement) / temperature);
  if (!(budget > 0)) return wholeVocabulary(logits, size);
  const rows = logits.length / size;
  const limit = LARGEST_SHARE * size * rows;
  // At high temperatures distances are counted more coarsely: bins reach to e^−128 of the highest token.
  const scale = BINS_PER_UNIT / Math.max(1, temperature);
  const upper = Float64Array.from({ length: BINS + 1 }, (_, bin) => Math.exp(-bin / scale / temperature));
  const counts = new Int32Array(BINS + 1);
  const distances = new Float64Array(BINS + 1);
  const offsets = new Int32Array(rows + 1);
  const nearest = new Int32Array(rows);
  const highest = new Float64Array(rows);
  const untempered = restSums(rows);
  const tempered = restSums(rows);

  for (let row = 0; row < rows; row++) {
    counts.fill(0);
    distances.fill(0);
    const top = count(logits, row * size, (row + 1) * size, scale, counts, distances);
    const bins = candidateBins(counts, upper, budget);
    if (bins > BINS) return wholeVocabulary(logits, size);
    let kept = 0;
    for (let bin = 0; bin < bins; bin++) kept += counts[bin]!;
    offsets[row + 1] = offsets[row]! + kept;
    if (offsets[row + 1]! > limit) return wholeVocabulary(logits, size);
    nearest[row] = bins;
    highest[row] = top;
    addRest(counts, distances, bins, scale, untempered, row);
    addRest(counts, distances, bins, scale * temperature, tempered, row);
  }

  const tokenIds = new Int32Array(offsets[rows]!);
  const values = new Float32Array(offsets[rows]!);
  let place = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * size;
    const top = highest[row]!;
    const bins = nearest[row]!;
    for (let id = 0; id < size; id++) {
      const value = logits[start + id]!;
      if (!((top - value) * scale < bins)) continue;
      tokenIds[place] = id;
      values[place++] = value;
    }
  }
  return { size, offsets, values, tokenIds, rest: { highest, untempered, tempered } };
};

const restSums = (rows: number): RestSums => ({
  mass: new Float64Array(rows),
  energy: new Float64Array(rows),
});

/**
 * Counts the row's logits by distance to its highest, which it returns, and adds up the distances in each bin, in bins; those beyond
 * the bins fall into the last one, −∞ into none.
 */
const count = (
  logits: Float32Array,
  start: number,
  end: number,
  scale: number,
  counts: Int32Array,
  distances: Float64Array,
): number => {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) if (logits[i]! > top) top = logits[i]!;
  for (let i = start; i < end; i++) {
    const distance = (top - logits[i]!) * scale;
    if (distance < BINS) {
      const bin = distance | 0;
      counts[bin]!++;
      distances[bin]! += distance;
    } else if (distance < Number.POSITIVE_INFINITY) counts[BINS]!++;
  }
  return top;
};

/**
 * How many bins, from the highest logit on, hold all but the share `budget`; BINS + 1 where not even all of them do. Weights are taken at the
 * bins' edges, so as to err on the safe side.
 */
const candidateBins = (counts: Int32Array, upper: Float64Array, budget: number): number => {
  let total = 0;
  for (let bin = 0; bin < BINS; bin++) total += counts[bin]! * upper[bin + 1]!;
  let bins = BINS + 1;
  for (let left = 0; bins > 1; bins--) {
    left += counts[bins - 1]! * upper[bins - 1]!;
    if (left > budget * total) break;
  }
  return bins;
};

/** Adds up the bins left out, each logit at the mean of its bin: within (1/32)²/8 of its own weight. */
const addRest = (
  counts: Int32Array,
  distances: Float64Array,
  bins: number,
  scale: number,
  sums: RestSums,
  row: number,
): void => {
  let mass = 0;
  let energy = 0;
  for (let bin = bins; bin < BINS; bin++) {
    const number = counts[bin]!;
    if (number === 0) continue;
    const z = -distances[bin]! / number / scale;
    const e = number * Math.exp(z);
    mass += e;
    energy += z * e;
  }
  sums.mass[row] = mass;
  sums.energy[row] = energy;
};
