import type { GraphBuilder, Node, Value } from '@entrgi/onnx';
import { string } from '@entrgi/onnx/internal';

const DOMAIN = 'entrgi';

/**
 * Appends a place where experts are computed, for x [tokens, width] by their shares [tokens, experts], 0 of
 * all that a token has not chosen; like x. No runtime knows such a node: the graph is divided there.
 * @param layer what the names of its experts begin with, before their numbers
 */
export const appendExperts = (g: GraphBuilder, layer: string, x: Value, shares: Value): Value => {
  const options = { domain: DOMAIN, like: [x] };
  const [mixed] = g.node('Experts', [x, shares], { layer: string(layer) }, options) as [Value];
  g.graph.valueTypes.set(mixed, g.declaredTypeOf(x));
  return mixed;
};

/** What is to be computed where a graph is divided. */
export interface ExpertsPlace {
  readonly layer: string;
  readonly x: Value;
  readonly shares: Value;
  readonly output: Value;
}

/** The place that a node stands for; undefined for any other node. */
export const expertsPlace = ({ domain, attributes, inputs, outputs }: Node): ExpertsPlace | undefined => {
  const { layer } = attributes;
  if (domain !== DOMAIN || layer?.kind !== 'string') return undefined;
  return { layer: layer.value, x: inputs[0]!, shares: inputs[1]!, output: outputs[0]! };
};
