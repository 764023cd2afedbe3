import type { GraphBuilder, Node, Value } from '@entrgi/onnx';

/**
 * Appends a copy of a forward node, of what `current` has for its inputs, and lets `current` have the copy's
 * outputs for the node's own.
 */
export const computeAgain = (g: GraphBuilder, node: Node, current: Map<Value, Value>): Node => {
  const { opType, attributes, domain, outputs } = node;
  const inputs = node.inputs.map((input) => current.get(input) ?? input);
  const copies = g.node(opType, inputs, attributes, {
    domain,
    outputs: outputs.map((output) => (output === '' ? '' : g.unique(`${output}/again`))),
    like: outputs,
  });
  outputs.forEach((output, i) => {
    if (output !== '') current.set(output, copies[i]!);
  });
  return g.graph.nodes.at(-1)!;
};
