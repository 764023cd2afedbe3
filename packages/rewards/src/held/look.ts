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

export const lookInputs = (g: GraphBuilder, kind: HeldKind): LookInputs => ({
  entropyScale: g.input('entropy_scale', 'float32', []),
  ...drawInputs(g, kind),
});

export const drawInputs = (
  g: GraphBuilder,
  { filters }: Pick<HeldKind, 'filters'>,
): Omit<LookInputs, 'entropyScale'> => ({
  uniforms: g.input('uniforms', 'float32', ['rows', 1]),
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
  g.output(entropyOf(g, scaledLogits(g, logits, inputs.entropyScale)), 'entropies');
  g.output(modeOf(g, logits, size), 'modes');
  const z = scaledLogits(g, logits, inputs.drawScale);
  g.output(drawByInversion(g, filtered(g, z, { size, filters }, inputs), inputs.uniforms, size), 'drawn');
};

/** Entropy in nats of softmax(z), float32 [rows]; of `weights`, what a filter left of e^z, where given. */
export const entropyOf = (g: GraphBuilder, z: Value, weights = g.Exp(z)): Value => {
  const mass = g.ReduceSum(weights, [1]);
  const energy = g.ReduceSum(g.Mul(weights, z), [1]);
  return g.Squeeze(g.Sub(g.Log(mass), g.Div(energy, mass)), [1]);
};

/** The token of the highest logit, the first of equals, float32 [rows]. */
export const modeOf = (g: GraphBuilder, logits: Value, size: number): Value => {
  const isHighest = g.GreaterOrEqual(logits, g.ReduceMax(logits, [1]));
  const negated = g.Where(isHighest, g.Neg(numbers(g, size)), g.scalar(-size, 'float32'));
  return g.Neg(g.ReduceMax(negated, [1], 0));
};

/** What the filters leave of e^z. */
export const filtered = (
  g: GraphBuilder,
  z: Value,
  { size, filters }: Pick<HeldKind, 'size' | 'filters'>,
  inputs: Pick<LookInputs, 'filters'>,
): Value =>
  filters.reduce(
    (weights, kind, i) => keepLargest(g, { z, weights }, { kind, number: inputs.filters[i]!, size }),
    g.Exp(z),
  );

/** How many of x float32 [rows, size] are NaN or above 3e38, float32 [rows]. */
export const countFaults = (g: GraphBuilder, x: Value): Value => {
  const isBelow = g.LessOrEqual(x, g.scalar(3e38, 'float32'));
  return g.ReduceSum(g.Where(isBelow, g.scalar(0, 'float32'), g.scalar(1, 'float32')), [1], 0);
};
