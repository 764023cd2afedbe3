import { type GraphBuilder, int, type Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
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
  /** Where there is an expert that takes part in every token: what its projections are called, and how wide it is. */
  readonly shared?: { readonly name: string; readonly width: number } | undefined;
  /** Whether the router has a bias, which chooses experts. */
  readonly biased: boolean;
  /** How much of each expert a token gets, [tokens, experts], 0 of all that are not chosen: from the router's logits, same shape. */
  readonly shares: (g: GraphBuilder, logits: Value, bias: Value | undefined) => Value;
}

/**
 * A mixture of experts: of each token the sum of its chosen experts' outputs by their shares. An expert is computed for the tokens that chose it, and
 * for no other: where none has, its products have no rows.
 */
export const experts = (options: ExpertsOptions): FeedForward => {
  const { name, width, activation, shared, biased } = options;
  const weight = (layer: string, ...dims: number[]) => [`${layer}.weight`, dims] as const;
  const projections = (of: string, inner: number) => [
    weight(`${of}.gate_proj`, inner, width),
    weight(`${of}.up_proj`, inner, width),
    weight(`${of}.down_proj`, width, inner),
  ];
  const expertName = (expert: number) => `${name}.experts.${expert}`;
  const all = Array.from({ length: options.experts }, (_, expert) => expert);
  const feed = (g: GraphBuilder, weights: Weights, of: string, x: Value) => {
    const names = { gate: `${of}.gate_proj`, up: `${of}.up_proj`, down: `${of}.down_proj` };
    return gatedFeedForward(g, weights, names, x, activation);
  };
  const biasName = `${name}.${biased ? 'gate.expert_bias' : ''}`;
  return {
    parameters: [
      weight(`${name}.gate`, options.experts, width),
      ...(biased ? [[biasName, [options.experts]] as const] : []),
      ...all.flatMap((expert) => projections(expertName(expert), options.expertWidth)),
      ...(shared === undefined ? [] : projections(shared.name, shared.width)),
    ],

    append(g, weights, x) {
      const logits = weights.product(g, `${name}.gate.weight`, x, null);
      const shares = options.shares(g, logits, biased ? weights.value(g, biasName) : undefined);
      let sum = g.Mul(x, g.scalar(0, 'float32'));
      for (const expert of all) {
        const share = g.Gather(shares, g.int64s([expert]), 1);
        // Of [tokens, 1] the rows that are not 0, [2, chosen]: the first of the two is their number.
        const places = g.Gather(g.node('NonZero', [share])[0]!, g.scalar(0, 'int64'));
        const output = feed(g, weights, expertName(expert), g.Gather(x, places));
        const weighted = g.Mul(output, g.Gather(share, places));
        sum = g.ScatterND(sum, g.Unsqueeze(places, [1]), weighted, { reduction: 'add' });
      }
      return shared === undefined ? sum : g.Add(sum, feed(g, weights, shared.name, x));
    },
  };
};

/** The k largest of each row of [rows, columns], and where they stand: float32 and int64 [rows, k], largest first. */
export const largest = (g: GraphBuilder, x: Value, k: number): readonly [Value, Value] => {
  const [values, places] = g.node('TopK', [x, g.int64s([k])], { axis: int(-1) }, { outputs: 2 });
  return [values!, places!];
};

/** A matrix like `like` with these values at these columns of each row, and 0 elsewhere. */
export const spread = (g: GraphBuilder, like: Value, columns: Value, values: Value): Value =>
  g.ScatterElements(g.Mul(like, g.scalar(0, 'float32')), columns, values, { axis: 1 });
