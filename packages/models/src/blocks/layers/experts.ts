import type { GraphBuilder, Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import type { Expert } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';
import { appendExperts } from '../../experts/experts-node.js';
import type { Activation } from './activations.js';
import type { FeedForward } from './feed-forward.js';
import { gatedFeedForward } from './gated-feed-forward.js';

export interface ExpertsOptions {
  /** What the names of the layer's tensors begin with: `gate`, `experts.0.gate_proj` and so on follow. */
  readonly name: string;
  readonly width: number;
  readonly experts: number;
  readonly expertWidth: number;
  readonly activation: Activation;
  /**
   * Where there is an expert that takes part in every token: what its projections are called, and how wide it
   * is.
   */
  readonly shared?: { readonly name: string; readonly width: number } | undefined;
  /** Whether the router has a bias, which chooses experts. */
  readonly biased: boolean;
  /**
   * How much of each expert a token gets, [tokens, experts], 0 of all that are not chosen: from the router's
   * logits, same shape.
   */
  readonly shares: (g: GraphBuilder, logits: Value, bias: Value | undefined) => Value;
}

/** A mixture of experts: of each token the sum of its chosen experts' outputs by their shares. */
export const experts = (options: ExpertsOptions): FeedForward => {
  const { name, width, activation, shared, biased } = options;
  const weight = (layer: string, ...dims: number[]) => [`${layer}.weight`, dims] as const;
  const projections = (of: string, inner: number) => [
    weight(`${of}.gate_proj`, inner, width),
    weight(`${of}.up_proj`, inner, width),
    weight(`${of}.down_proj`, width, inner),
  ];
  const layer = `${name}.experts`;
  const all = Array.from({ length: options.experts }, (_, expert) => `${layer}.${expert}`);
  const feed = (g: GraphBuilder, weights: Weights, of: string, x: Value) => {
    const names = { gate: `${of}.gate_proj`, up: `${of}.up_proj`, down: `${of}.down_proj` };
    return gatedFeedForward(g, weights, names, x, activation);
  };
  const biasName = `${name}.${biased ? 'gate.expert_bias' : ''}`;
  const each = all.map((expert): Expert => {
    const own = projections(expert, options.expertWidth);
    return {
      name: expert,
      parameters: own.map(([tensor]) => tensor),
      append: (g, weights, x) => feed(g, weights, expert, x),
    };
  });
  return {
    parameters: [
      weight(`${name}.gate`, options.experts, width),
      ...(biased ? [[biasName, [options.experts]] as const] : []),
      ...all.flatMap((expert) => projections(expert, options.expertWidth)),
      ...(shared === undefined ? [] : projections(shared.name, shared.width)),
    ],
    experts: each,

    append(g, weights, x) {
      // As it is stored, however the rest is rounded: a token that is sent to another expert is another token.
      const router = weights.value(g, `${name}.gate.weight`, x);
      const logits = g.Gemm(x, router, null, { transB: 1 });
      const shares = options.shares(g, logits, biased ? weights.value(g, biasName) : undefined);
      const mixed = appendExperts(g, layer, x, shares);
      return shared === undefined ? mixed : g.Add(mixed, feed(g, weights, shared.name, x));
    },
  };
};

/**
 * The k largest of each row of [rows, columns], and where they stand: float32 and int64 [rows, k], largest
 * first.
 */
export const largest = (g: GraphBuilder, x: Value, k: number): readonly [Value, Value] => {
  const [values, places] = g.node('TopK', [x, g.int64s([k])], { axis: int(-1) }, { outputs: 2 });
  return [values!, places!];
};

/** A matrix like `like` with these values at these columns of each row, and 0 elsewhere. */
export const spread = (g: GraphBuilder, like: Value, columns: Value, values: Value): Value =>
  g.ScatterElements(g.Mul(like, g.scalar(0, 'float32')), columns, values, { axis: 1 });
