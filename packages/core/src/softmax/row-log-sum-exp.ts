import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { maximum } from './softmax.js';
import { massAndEnergy } from './softmax-row.js';

/** log Σ exp φ of one row, over the whole vocabulary: tokens left out of the row by the sums kept of them. */
export const rowLogSumExp = ({ values, offsets, rest }: RowLogits, row: number): number => {
  const highest = maximum(values, offsets[row]!, offsets[row + 1]!);
  const [mass] = massAndEnergy(values, offsets[row]!, offsets[row + 1]!, highest, 1);
  const left = rest === undefined ? 0 : Math.exp(rest.highest[row]! - highest) * rest.untempered.mass[row]!;
  return highest + Math.log(mass + left);
};
