import type { RowLogits } from '../contracts/guidance/row-logits.js';

/** Rows of logits with every token in them: `values` has shape [rows, size] and is not copied. */
export const wholeVocabulary = (values: Float32Array, size: number): RowLogits => ({
  size,
  values,
  offsets: Int32Array.from({ length: values.length / size + 1 }, (_, row) => row * size),
});
