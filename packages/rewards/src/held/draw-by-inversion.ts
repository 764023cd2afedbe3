import type { GraphBuilder, Value } from '@entrgi/onnx';

/** Weights that are as good as none, so that the last token is found before the sum of all is passed. */
const SHORT_OF_ALL = 1 - 2 ** -20;

/**
 * The first token whose weight takes the running sum above uniform · total, as drawToken does; float32
 * [rows]. `weights` float32 [rows, size], `uniforms` float32 [rows, 1]. Running sums go over blocks of about
 * √size tokens and then within one: devices add up each from its beginning.
 */
export const drawByInversion = (g: GraphBuilder, weights: Value, uniforms: Value, size: number): Value => {
  const width = 2 ** Math.ceil(Math.log2(size) / 2);
  const count = Math.ceil(size / width);
  const nothing = g.scalar(0, 'float32');
  const padded = count * width === size ? weights : g.Pad(weights, [0, 0, 0, count * width - size], nothing);
  const blocks = g.Reshape(padded, [-1, count, width]);
  const sums = g.ReduceSum(blocks, [2], 0);
  const total = g.ReduceSum(sums, [1]);
  const target = g.Mul(g.Min(uniforms, g.scalar(SHORT_OF_ALL, 'float32')), total);
  const passed = (running: Value) => g.ReduceSum(g.Cast(g.LessOrEqual(running, target), 'float32'), [1]);
  const block = g.Min(passed(g.CumSum(sums, g.scalar(1, 'int64'))), g.scalar(count - 1, 'float32'));
  const places = numbers(g, count);
  const before = g.ReduceSum(g.Where(g.Less(places, block), sums, nothing), [1]);
  const isChosen = g.Unsqueeze(g.Equal(places, block), [2]);
  const own = g.ReduceSum(g.Where(isChosen, blocks, nothing), [1], 0);
  const running = g.Add(g.CumSum(own, g.scalar(1, 'int64')), before);
  // Rounding may put the end of the block's own sum before that of the running sum over blocks.
  const last = g.ReduceMax(g.Where(g.Greater(own, nothing), numbers(g, width), nothing), [1]);
  const place = g.Min(passed(running), last);
  return g.Squeeze(g.Add(g.Mul(block, g.scalar(width, 'float32')), place), [1]);
};

/** 0, 1, …, as float32 [1, count]: exact up to 2^24. */
export const numbers = (g: GraphBuilder, count: number): Value =>
  g.constant({ type: 'float32', dims: [1, count], data: Float32Array.from({ length: count }, (_, i) => i) });
