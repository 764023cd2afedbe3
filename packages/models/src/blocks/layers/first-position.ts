import type { GraphBuilder, Value } from '@entrgi/onnx';

/** Rows [batch · length, width] to the first of each sequence, [batch, width]. */
export const firstPosition = (
  g: GraphBuilder,
  rows: Value,
  { batch, length, width }: { batch: Value; length: Value; width: number },
): Value => {
  const sequences = g.Reshape(rows, g.Concat([batch, length, g.int64s([width])], 0));
  return g.Gather(sequences, g.scalar(0, 'int64'), 1);
};
