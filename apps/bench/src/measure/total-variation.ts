import { type RowLogits, softmax } from '@entrgi/core';

/** ½ Σ |p − q| per row, of softmax(φ/τ) on candidates and on the whole vocabulary. */
export const totalVariation = (few: RowLogits, all: RowLogits, temperature: number): number[] =>
  Array.from({ length: all.offsets.length - 1 }, (_, row) => {
    const rowOf = ({ values, offsets }: RowLogits) => {
      const own = values.subarray(offsets[row]!, offsets[row + 1]!);
      return softmax(own, own.length, temperature);
    };
    const differences = Float64Array.from(rowOf(all));
    rowOf(few).forEach((p, place) => {
      const token = few.tokenIds === undefined ? place : few.tokenIds[few.offsets[row]! + place]!;
      differences[token]! -= p;
    });
    return differences.reduce((sum, difference) => sum + Math.abs(difference), 0) / 2;
  });
