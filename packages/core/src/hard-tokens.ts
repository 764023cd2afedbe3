import { applyFilters, keepMostProbable } from './apply-filters.js';
import type { GuidanceRequest } from './contracts/guidance.js';
import { drawToken } from './draw-token.js';
import { mostProbableKept } from './most-probable-kept.js';
import type { RelaxedRows } from './relax.js';

/** The responses of a guidance step with a token at every masked slot, which `draw` decides row by row, in order. */
export interface HardTokens {
  /** Drawn from the filtered distribution; at temperature 0 the most probable token that the filters keep. Shape [trajectories, length]. */
  readonly tokenIds: Int32Array;
  /** The most probable token that the filters keep: of the published filters the most probable one. Same shape. */
  readonly provisional: Int32Array;
  /** `weight`: how much of the drawn token the reward sees. */
  draw(row: number, weight: number): void;
}

/** Of rows whose distributions are known by the time that they are drawn. */
export const hardTokens = (
  { rows, filters, temperature, trajectories, logits, tokenIds: given, random }: GuidanceRequest,
  { probs, modes }: RelaxedRows,
  guidanceStep: number,
): HardTokens => {
  const { values, offsets, tokenIds: candidates } = logits;
  const tokenIds = given.slice();
  const provisional = given.slice();
  const length = given.length / trajectories;
  const streams = Array.from({ length: trajectories }, (_, k) => random(k, guidanceStep));
  const modeStays = keepMostProbable(filters);
  let scratch = new Float32Array(0);
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
      let place = best;
      if (isDrawn || !modeStays) {
        if (scratch.length < end - start) scratch = new Float32Array(end - start);
        const filtered = scratch.subarray(0, end - start);
        filtered.set(probs.subarray(start, end));
        applyFilters(filters, filtered, candidates?.subarray(start, end));
        if (!modeStays) best = mostProbableKept(values, start, best, filtered);
        place = isDrawn ? start + drawToken(filtered, stream) : best;
      }
      if (!isDrawn) stream.uniform();
      const tokenAt = (i: number) => (candidates === undefined ? i - start : candidates[i]!);
      tokenIds[slot] = tokenAt(place);
      provisional[slot] = tokenAt(best);
    },
  };
};
