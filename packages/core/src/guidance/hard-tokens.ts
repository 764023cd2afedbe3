import { applyFilters, keepMostProbable } from '../candidates/apply-filters.js';
import { mostProbableKept } from '../candidates/most-probable-kept.js';
import type { Filter } from '../contracts/guidance/filter.js';
import type { GuidanceRequest } from '../contracts/guidance/guidance.js';
import { drawToken } from '../random/draw-token.js';
import { relaxedTemperature } from '../softmax/relaxed-temperature.js';
import { softmax } from '../softmax/softmax.js';
import type { RelaxedRows } from './relax.js';

/**
 * The responses of a guidance step with a token at every masked slot, which `draw` decides row by row, in
 * order.
 */
export interface HardTokens {
  /**
   * Drawn from softmax(φ/τ) after the filters for hard tokens; at temperature 0 the most probable token that
   * the filters keep. Shape [trajectories, length].
   */
  readonly tokenIds: Int32Array;
  /**
   * The most probable token that the filters keep: of the published filters the most probable one. Same
   * shape.
   */
  readonly provisional: Int32Array;
  /** `weight`: how much of the drawn token the reward sees. */
  draw(row: number, weight: number): void;
}

export interface HardTokensOptions {
  readonly guidanceStep: number;
  /** What the drawn tokens' distribution goes through; those of the request go for the provisional ones. */
  readonly hardFilters: readonly Filter[];
  /** Whether the relaxed distribution is softmax(φ/τ), and need not be computed again. */
  readonly isSoft: boolean;
}

/** Of rows whose distributions are known by the time that they are drawn. */
export const hardTokens = (
  { rows, filters, temperature, trajectories, logits, tokenIds: given, random }: GuidanceRequest,
  { probs, modes }: RelaxedRows,
  { guidanceStep, hardFilters, isSoft }: HardTokensOptions,
): HardTokens => {
  const { values, offsets, tokenIds: candidates } = logits;
  const tokenIds = given.slice();
  const provisional = given.slice();
  const length = given.length / trajectories;
  const streams = Array.from({ length: trajectories }, (_, k) => random(k, guidanceStep));
  const modeStays = keepMostProbable(filters);
  let scratch = new Float32Array(0);
  const filtered = (by: readonly Filter[], start: number, end: number): Float32Array => {
    if (scratch.length < end - start) scratch = new Float32Array(end - start);
    const own = scratch.subarray(0, end - start);
    if (isSoft) own.set(probs.subarray(start, end));
    else softmax(values.subarray(start, end), end - start, relaxedTemperature(temperature), own);
    applyFilters(by, own, candidates?.subarray(start, end));
    return own;
  };
  return {
    tokenIds,
    provisional,
    draw(row, weight) {
      const slot = rows[row]!;
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      const stream = streams[Math.floor(slot / length)]!;
      // A token of weight 0 is not seen. Its random number is spent all the same: the next row's must not depend on this row's weight.
      const isDrawn = temperature > 0 && weight > 0;
      let best = modes[row]!;
      let kept: Float32Array | undefined;
      if (!modeStays) {
        kept = filtered(filters, start, end);
        best = mostProbableKept(values, start, best, kept);
      }
      let place = best;
      if (isDrawn) {
        if (kept === undefined || hardFilters !== filters) kept = filtered(hardFilters, start, end);
        place = start + drawToken(kept, stream);
      } else stream.uniform();
      const tokenAt = (i: number) => (candidates === undefined ? i - start : candidates[i]!);
      tokenIds[slot] = tokenAt(place);
      provisional[slot] = tokenAt(best);
    },
  };
};
