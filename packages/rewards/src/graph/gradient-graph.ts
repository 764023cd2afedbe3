import { appendGradient } from '@entrgi/autodiff';
import type { Classifier, ClassifierPrefix } from '@entrgi/models';
import type { Model, Value } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { embedTokens } from './embed-tokens.js';
import { leadingTensors } from './leading-graph.js';
import { prefixTensors } from './prefix-graph.js';

/**
 * Which tokens the columns of `probs` are: all rows of the embedding table, or the rows listed in the input
 * `candidates`.
 */
export type Columns = 'table' | 'candidates';

export interface GradientGraphOptions {
  readonly columns: Columns;
  /** How what comes before the response is computed on its own; undefined: along with it. */
  readonly reused?: ClassifierPrefix | undefined;
  /** Compute forward values again for the backward pass instead of keeping them. */
  readonly recompute?: boolean | undefined;
}

/**
 * One graph from a batch of mixed responses to their rewards and to ⟨∂R/∂ê, E[candidate]⟩.
 *
 * Inputs (token ids are the reward model's): `ids` int64 [trajectories, length], the tokens of the response,
 * −1 for those without an embedding; `attention` and `segments` int64, same shape; `rows` int64 [rows], the
 * flat slots that are mixtures; `probs` float32 [rows, columns]; `weights` float32 [rows, 1]; `candidates`
 * int64 [columns]; `prefix`, `suffix` int64, the template, and `prefix_segments`, `suffix_segments`, the
 * types of its tokens. With `reused`, the outputs of its graph instead of `prefix`, and of the leading graph:
 * neither what comes before the response nor the tokens that it begins with are computed, nor differentiated;
 * `ids`, `attention` and `rows` count from behind them. Outputs: `rewards` float32 [trajectories],
 * `token_scores` float32 [rows, columns].
 */
export const gradientGraph = (network: Classifier, options: GradientGraphOptions): Model => {
  const g = new GraphBuilder();
  const probs = g.input('probs', 'float32', ['rows', 'columns']);
  const { reward, tokenScores } = mixGradient(g, network, options, probs);
  g.output(reward, 'rewards');
  g.output(tokenScores, 'token_scores');
  return g.model();
};

/** What gradientGraph consists of, for graphs that compute `probs` themselves; declares all other inputs. */
export const mixGradient = (
  g: GraphBuilder,
  network: Classifier,
  { columns, reused, recompute }: GradientGraphOptions,
  probs: Value,
): { readonly reward: Value; readonly tokenScores: Value } => {
  const slots = ['trajectories', 'length'];
  const ids = g.input('ids', 'int64', slots);
  const attention = g.input('attention', 'int64', slots);
  const segments = g.input('segments', 'int64', slots);
  const rows = g.input('rows', 'int64', ['rows']);
  const weights = g.input('weights', 'float32', ['rows', 1]);
  const prefix = reused === undefined ? g.input('prefix', 'int64', ['prefix']) : undefined;
  const past =
    reused === undefined ? undefined : [prefixTensors.inputs(g, reused), leadingTensors.inputs(g, reused)];
  const suffix = g.input('suffix', 'int64', ['suffix']);
  const prefixSegments = reused === undefined ? g.input('prefix_segments', 'int64', ['prefix']) : undefined;
  const suffixSegments = g.input('suffix_segments', 'int64', ['suffix']);

  const candidates = columns === 'table' ? undefined : g.input('candidates', 'int64', ['columns']);
  const chosen = candidates === undefined ? undefined : network.embed(g, candidates);
  const columnEmbeds = (after: Value) => chosen ?? network.embeddingTable(g, after);

  // ê = soft + w (hard − soft)
  const tokens = embedTokens(g, network, g.Reshape(ids, [-1]));
  const soft = g.MatMul(probs, columnEmbeds(probs));
  const hard = g.Gather(tokens, rows);
  const mixed = g.Add(soft, g.Mul(weights, g.Sub(hard, soft)));
  const response = g.ScatterND(tokens, g.Unsqueeze(rows, [1]), mixed);

  // prefix (unless reused) ⊕ response ⊕ suffix, for every trajectory
  const trajectories = g.Shape(ids, { start: 0, end: 1 });
  const length = g.Shape(ids, { start: 1, end: 2 });
  const width = g.Shape(tokens, { start: 1, end: 2 });
  const around = (middle: Value, of: (template: Value, segments: Value) => Value) =>
    g.Concat(
      [...(prefix === undefined ? [] : [of(prefix, prefixSegments!)]), middle, of(suffix, suffixSegments)],
      1,
    );
  const forAll = (template: Value) => g.Expand(template, g.Concat([trajectories, g.Shape(template)], 0));
  const ones = (template: Value) => forAll(g.Expand(g.int64s([1]), g.Shape(template)));
  const embeds = around(g.Reshape(response, g.Concat([trajectories, length, width], 0)), (template) =>
    g.Expand(network.embed(g, template), g.Concat([trajectories, g.Shape(template), width], 0)),
  );
  const reward = network.rewards(g, {
    embeds,
    attention: around(attention, ones),
    segments: around(segments, (_, types) => forAll(types)),
    ids: around(ids, forAll),
    past,
  });

  const [gradient] = appendGradient(g, {
    of: reward,
    wrt: [embeds],
    recompute,
    transposedWeight: (weight) => network.transposedWeight?.(g, weight),
  });
  const start = prefix === undefined ? g.int64s([0]) : g.Shape(prefix);
  const responseGradient = g.Slice(gradient!, start, g.Add(start, length), [1]);
  const rowGradients = g.Gather(g.Reshape(responseGradient, g.Concat([g.int64s([-1]), width], 0)), rows);
  return { reward, tokenScores: g.Gemm(rowGradients, columnEmbeds(rowGradients), null, { transB: 1 }) };
};
