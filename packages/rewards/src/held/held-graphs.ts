import type { Classifier } from '@entrgi/models';
import type { Model, Value } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { type GradientGraphOptions, mixGradient } from '../graph/gradient-graph.js';
import { drawByInversion, numbers } from './draw-by-inversion.js';
import {
  countFaults,
  drawInputs,
  EXCLUDED,
  entropyOf,
  filtered,
  type HeldKind,
  type LookInputs,
  look,
  lookInputs,
  modeOf,
  scaledLogits,
} from './look.js';
import { momentsOf, updateLogits } from './update-logits.js';

/** What graphs leave where they compute it. */
export const heldTensors = (kind: HeldKind): readonly string[] => ['logits', ...momentsOf(kind)];

/** What a graph's input `name` is called when it comes out again. */
export const nextOf = (name: string): string => `next/${name}`;

/**
 * Input `given`, a denoiser's logits float32 [rows, size]; outputs: them as they are held, moments of 0, the
 * first look, and `initial_entropies` float32 [rows], of what tokens are drawn from, before filters.
 */
export const startGraph = (kind: HeldKind): Model => {
  const g = new GraphBuilder();
  const given = g.input('given', 'float32', ['rows', kind.size]);
  begin(g, kind, g.Max(given, g.scalar(EXCLUDED, 'float32')), lookInputs(g, kind));
  return g.model();
};

/**
 * The same of logits `given` [distinct rows, size] that nobody has seen: row r is row `sources[r]` of them,
 * without the tokens that are 1 in row `kinds[r]` of `excluded`. Further outputs, float32 [rows]: `faults`,
 * how many were NaN or +∞, and `highest`, the highest logit of a token that may be drawn.
 */
export const startKeptGraph = (kind: HeldKind): Model => {
  const g = new GraphBuilder();
  const given = g.input('given', 'float32', ['distinct', kind.size]);
  const sources = g.input('sources', 'int64', ['rows']);
  const excluded = g.input('excluded', 'float32', ['kinds', kind.size]);
  const kinds = g.input('kinds', 'int64', ['rows']);
  const inputs = lookInputs(g, kind);
  const lowest = g.scalar(EXCLUDED, 'float32');
  const own = g.Gather(given, sources);
  g.output(countFaults(g, own), 'faults');
  const isAllowed = g.LessOrEqual(g.Gather(excluded, kinds), g.scalar(0.5, 'float32'));
  const logits = g.Where(isAllowed, g.Max(own, lowest), lowest);
  g.output(g.ReduceMax(logits, [1], 0), 'highest');
  begin(g, kind, logits, inputs);
  return g.model();
};

/** Logits as they are held, moments of 0, the first look, and the entropy of what is drawn from. */
const begin = (g: GraphBuilder, kind: HeldKind, logits: Value, inputs: LookInputs): void => {
  g.output(logits, nextOf('logits'));
  const none = g.Mul(
    g.Min(g.Max(logits, g.scalar(-1, 'float32')), g.scalar(1, 'float32')),
    g.scalar(0, 'float32'),
  );
  for (const name of momentsOf(kind)) g.output(none, nextOf(name));
  g.output(entropyOf(g, scaledLogits(g, logits, inputs.drawScale)), 'initial_entropies');
  look(g, logits, kind, inputs);
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

/**
 * A token of each row of `logits`, float32 [rows]: drawn from the filtered softmax(φ · draw_scale) where
 * `is_random` is 1, the most probable one where it is 0; and what orders ask of the row.
 */
export const drawGraph = (kind: Pick<HeldKind, 'size' | 'filters'>): Model => {
  const g = new GraphBuilder();
  const { size } = kind;
  const logits = g.input('logits', 'float32', ['rows', size]);
  const isRandom = g.input('is_random', 'float32', []);
  const inputs = drawInputs(g, kind);
  const column = (x: Value) => g.Unsqueeze(x, [1]);
  const nothing = g.scalar(0, 'float32');
  const [half, one] = [g.scalar(0.5, 'float32'), g.scalar(1, 'float32')];
  g.output(countFaults(g, g.Abs(logits)), 'faults');

  const z = scaledLogits(g, logits, inputs.drawScale);
  const kept = filtered(g, z, kind, inputs);
  const mode = modeOf(g, logits, size);
  const drawn = drawByInversion(g, kept, inputs.uniforms, size);
  const token = g.Add(g.Mul(drawn, isRandom), g.Mul(mode, g.Sub(one, isRandom)));
  g.output(token, 'tokens');
  g.output(entropyOf(g, z), 'entropies');
  g.output(entropyOf(g, z, kept), 'filtered_entropies');

  const at = (id: Value) => g.LessOrEqual(g.Abs(g.Sub(numbers(g, size), column(id))), half);
  const isToken = at(token);
  const only = (x: Value) => g.ReduceSum(g.Where(isToken, x, nothing), [1], 0);
  const mass = g.ReduceSum(kept, [1], 0);
  g.output(g.Div(only(kept), mass), 'probabilities');
  const first = g.ReduceMax(kept, [1], 0);
  const second = g.ReduceMax(g.Where(at(mode), nothing, kept), [1], 0);
  g.output(g.Div(g.Sub(first, second), mass), 'margins');
  g.output(only(logits), 'token_logits');
  const highest = g.ReduceMax(logits, [1], 0);
  const whole = g.ReduceSum(g.Exp(scaledLogits(g, logits, one)), [1], 0);
  g.output(g.Add(highest, g.Log(whole)), 'log_sum_exps');
  return g.model();
};
