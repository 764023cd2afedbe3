import type { RowLogits } from '../contracts/guidance/row-logits.js';

/** The rows from `from` up to (not with) `to`, on the same memory. */
export const rowRange = (
  { size, offsets, values, tokenIds, rest }: RowLogits,
  from: number,
  to: number,
): RowLogits => {
  const [start, end] = [offsets[from]!, offsets[to]!];
  const sums = ({ mass, energy }: NonNullable<typeof rest>['tempered']) => ({
    mass: mass.subarray(from, to),
    energy: energy.subarray(from, to),
  });
  return {
    size,
    offsets: offsets.slice(from, to + 1).map((offset) => offset - start),
    values: values.subarray(start, end),
    tokenIds: tokenIds?.subarray(start, end),
    rest: rest && {
      highest: rest.highest.subarray(from, to),
      untempered: sums(rest.untempered),
      tempered: sums(rest.tempered),
    },
  };
};
