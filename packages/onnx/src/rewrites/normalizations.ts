import { countUp } from '../build/count-up.js';
import type { Value } from '../model/model.js';
import type { RewriteRequest, RewriteRule } from './rewrite-rule.js';

/** Outputs of the Skip forms: normalized, mean, inverse deviation (training only), sum. */
function skip(
  request: RewriteRequest,
  biasInput: number,
  normalize: (sum: Value) => Value,
): readonly Value[] {
  const { g, input, used, unsupported } = request;
  if (used(1) || used(2)) throw unsupported('mean and inverse deviation as outputs are not supported');
  const sum = g.Add(input(0), input(1));
  const total = input(biasInput) === '' ? sum : g.Add(sum, input(biasInput));
  return [normalize(total), '', '', total];
}

/** Fused and renamed normalizations. */
export const microsoftNormalizations: Readonly<Record<string, RewriteRule>> = {
  /** Inputs: input, skip, gamma, beta, bias. */
  SkipLayerNormalization: (request) =>
    skip(request, 4, (sum) =>
      request.g.LayerNormalization(sum, request.input(2), request.input(3) || null, {
        epsilon: request.float('epsilon', 1e-12),
      }),
    ),
  /** Inputs: input, skip, gamma, bias. */
  SkipSimplifiedLayerNormalization: (request) =>
    skip(request, 3, (sum) =>
      request.g.SimplifiedLayerNormalization(sum, request.input(2), {
        epsilon: request.float('epsilon', 1e-12),
      }),
    ),
  SimplifiedLayerNormalization: ({ g, node, float, int, used, unsupported }) => {
    if (used(1)) throw unsupported('the inverse deviation as output is not supported');
    return g.SimplifiedLayerNormalization(node.inputs[0]!, node.inputs[1]!, {
      axis: int('axis', -1),
      epsilon: float('epsilon', 1e-5),
    });
  },
  /**
   * Inputs: ids, segment ids, word table, position table, segment table, gamma, beta, mask, position ids.
   * Outputs: normalized, mask index, sum.
   */
  EmbedLayerNormalization: ({ g, node, input, float }) => {
    const ids = input(0);
    const positions = input(8) || g.Unsqueeze(countUp(g, lengthOf(g, ids)), [0]);
    // The word embeddings get a name of their own: what a mixture of words takes the place of.
    const [found] = g.node(
      'Gather',
      [input(2), ids],
      {},
      { outputs: [g.unique(`${node.outputs[0]}/words`)] },
    );
    const words = g.Add(found!, g.Gather(input(3), positions));
    const sum = input(1) === '' ? words : g.Add(words, g.Gather(input(4), input(1)));
    return [
      g.LayerNormalization(sum, input(5), input(6), { epsilon: float('epsilon', 1e-12) }),
      lengths(g, ids, input(7)),
      sum,
    ];
  },
};

/** How many ones of the mask each row has; 0 without a mask. int32 [B] */
const lengths = (g: RewriteRequest['g'], ids: Value, mask: Value): Value => {
  const ones = mask === '' ? g.Not(g.Equal(ids, ids)) : g.Equal(mask, g.scalarLike(1, mask));
  return g.ReduceSum(g.Cast(ones, 'int32'), [1], 0);
};

/** Size of the last axis of a 2-D tensor, as a scalar. */
const lengthOf = (g: RewriteRequest['g'], ids: Value): Value =>
  g.Squeeze(g.Shape(ids, { start: 1, end: 2 }), [0]);
