import type { GraphBuilder, Value } from '@entrgi/onnx';
import { drawByInversion, numbers } from './draw-by-inversion.js';
import { type FilterKind, keepLargest } from './keep-largest.js';

/** What graphs over held logits are made for; what else may vary, they are fed. */
export interface HeldKind {
  /** Number of the denoiser's tokens. */
  readonly size: number;
  readonly filters: readonly FilterKind[];
  readonly optimizer: 'ascent' | 'adam';
}

/** In place of −∞, which devices need not know: e to that, at any scale in use, is 0. */
export const EXCLUDED = -1e30;
/** Differences below it are as good: products of it with scales and weights of 0 stay finite. */
const FAR = -1e4;

/** z = max((φ − maxφ) · scale, −1e4): softmax(φ · scale) is e^z over its sum. */
export const scaledLogits = (g: GraphBuilder, logits: Value, scale: Value): Value =>
  g.Max(g.Mul(g.Sub(logits, g.ReduceMax(logits, [1])), scale), g.scalar(FAR, 'float32'));

/** The scalars, one per row for draws, that looking takes. */
export interface LookInputs {
  readonly uniforms: Value;
  readonly entropyScale: Value;
  readonly drawScale: Value;
  readonly filters: readonly Value[];
}

export const lookInputs = (g: GraphBuilder, { filters }: HeldKind): LookInputs => ({
  uniforms: g.input('uniforms', 'float32', ['rows', 1]),
  entropyScale: g.input('entropy_scale', 'float32', []),
  drawScale: g.input('draw_scale', 'float32', []),
  filters: filters.map((_, i) => g.input(filterInput(i), 'float32', [])),
});

export const filterInput = (i: number): string => `filter_${i}`;

/**
 * Adds to a graph what guidance needs to know of logits [rows, size]: outputs `drawn` and `modes`, token ids
 * as float32 [rows], and `entropies` float32 [rows], in nats.
 */
export const look = (
  g: GraphBuilder,
  logits: Value,
  { size, filters }: HeldKind,
  inputs: LookInputs,
): void => {
  const z = scaledLogits(g, logits, inputs.entropyScale);
  const weights = g.Exp(z);
  const mass = g.ReduceSum(weights, [1]);
  const energy = g.ReduceSum(g.Mul(weights, z), [1]);
  g.output(g.Squeeze(g.Sub(g.Log(mass), g.Div(energy, mass)), [1]), 'entropies');

  const ids = numbers(g, size);
  const isHighest = g.GreaterOrEqual(logits, g.ReduceMax(logits, [1]));
  const negated = g.Where(isHighest, g.Neg(ids), g.scalar(-size, 'float32'));
  g.output(g.Neg(g.ReduceMax(negated, [1], 0)), 'modes');

  const drawZ = scaledLogits(g, logits, inputs.drawScale);
  const kept = filters.reduce(
    (left, kind, i) =>
      keepLargest(g, { z: drawZ, weights: left }, { kind, number: inputs.filters[i]!, size }),
    g.Exp(drawZ),
  );
  g.output(drawByInversion(g, kept, inputs.uniforms, size), 'drawn');
};
