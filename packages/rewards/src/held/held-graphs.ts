import type { Classifier } from '@entrgi/models';
import type { Model, Value } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { type GradientGraphOptions, mixGradient } from '../graph/gradient-graph.js';
import { EXCLUDED, type HeldKind, look, lookInputs, scaledLogits } from './look.js';
import { momentsOf, updateLogits } from './update-logits.js';

/** What graphs leave where they compute it. */
export const heldTensors = (kind: HeldKind): readonly string[] => ['logits', ...momentsOf(kind)];

/** What a graph's input `name` is called when it comes out again. */
export const nextOf = (name: string): string => `next/${name}`;

/**
 * Input `given`, a denoiser's logits float32 [rows, size]; outputs: them as they are held, moments of 0, and
 * the first look.
 */
export const startGraph = (kind: HeldKind): Model => {
  const g = new GraphBuilder();
  const given = g.input('given', 'float32', ['rows', kind.size]);
  const inputs = lookInputs(g, kind);
  const logits = g.Max(given, g.scalar(EXCLUDED, 'float32'));
  g.output(logits, nextOf('logits'));
  const none = g.Mul(
    g.Min(g.Max(logits, g.scalar(-1, 'float32')), g.scalar(1, 'float32')),
    g.scalar(0, 'float32'),
  );
  for (const name of momentsOf(kind)) g.output(none, nextOf(name));
  look(g, logits, kind, inputs);
  return g.model();
};

/**
 * One guidance step as one graph: q = softmax(φ · soft_scale), the mix of gradientGraph, its reward and
 * gradient, ∂R/∂φᵢ = soft_scale · qᵢ (sᵢ − Σ qⱼ sⱼ), the optimizer's update of `logits`, and a look at what
 * they have become. Inputs and `rewards` are those of gradientGraph but for `probs`; `shares` float32 [1,
 * columns] is 0 for tokens that have no embedding. `squares` is the sum of the gradient's squares, finite
 * where all of it is.
 */
export const stepGraph = (network: Classifier, kind: HeldKind, options: GradientGraphOptions): Model => {
  const g = new GraphBuilder();
  const logits = g.input('logits', 'float32', ['rows', kind.size]);
  const scale = g.input('soft_scale', 'float32', []);
  const inputs = lookInputs(g, kind);
  const probs = g.Softmax(scaledLogits(g, logits, scale));
  const shares = options.columns === 'table' ? undefined : g.input('shares', 'float32', [1, kind.size]);
  const shared = (x: Value) => (shares === undefined ? x : g.Mul(x, shares));
  const { reward, tokenScores } = mixGradient(g, network, options, shared(probs));
  g.output(reward, 'rewards');
  const gradient = g.Mul(softmaxGradient(g, probs, shared(tokenScores)), scale);
  g.output(g.ReduceSum(g.Mul(gradient, gradient), [0, 1], 0), 'squares');
  const next = updateLogits(g, kind, { logits, gradient });
  g.output(next.logits, nextOf('logits'));
  momentsOf(kind).forEach((name, i) => {
    g.output(next.moments[i]!, nextOf(name));
  });
  look(g, next.logits, kind, inputs);
  return g.model();
};

/**
 * qᵢ (sᵢ − Σ qⱼ sⱼ / Σ qⱼ), the scores counted from that of the most probable token: what a near-certain
 * token has left of it would be lost in the rounding of a mean that is nearly its own score.
 */
const softmaxGradient = (g: GraphBuilder, probs: Value, scores: Value): Value => {
  const isTop = g.Cast(g.GreaterOrEqual(probs, g.ReduceMax(probs, [1])), 'float32');
  const top = g.Div(g.ReduceSum(g.Mul(isTop, scores), [1]), g.ReduceSum(isTop, [1]));
  const above = g.Sub(scores, top);
  const mean = g.Div(g.ReduceSum(g.Mul(probs, above), [1]), g.ReduceSum(probs, [1]));
  return g.Mul(probs, g.Sub(above, mean));
};

/** The logits, to be read: what a session keeps it does not give out. */
export const readGraph = (): Model => {
  const g = new GraphBuilder();
  g.output(g.Identity(g.input('logits', 'float32', ['rows', 'size'])), 'values');
  return g.model();
};
