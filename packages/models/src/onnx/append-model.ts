import type { GraphBuilder, Model, Value } from '@entrgi/onnx';

/**
 * Appends a model's nodes and initializers to the builder's graph, all names under `scope/`. `bound` says
 * which values of the model are already there (its inputs, and any intermediate value that something else
 * computes); what only fed those is left out. Returns the name in the graph of each value of the model.
 */
export const appendModel = (
  g: GraphBuilder,
  model: Model,
  scope: string,
  bound: ReadonlyMap<Value, Value>,
): ((value: Value) => Value) => {
  const names = new Map(bound);
  const nameOf = (value: Value): Value => (value === '' ? '' : (names.get(value) ?? `${scope}/${value}`));
  for (const [name, initializer] of model.graph.initializers) {
    if (!names.has(name) && !g.has(nameOf(name))) g.initializer(nameOf(name), initializer);
  }
  for (const { opType, domain, name, inputs, outputs, attributes } of model.graph.nodes) {
    if (outputs.every((output) => output === '' || bound.has(output))) continue;
    g.node(opType, inputs.map(nameOf), attributes, {
      domain,
      name: `${scope}/${name}`,
      outputs: outputs.map(nameOf),
    });
  }
  return nameOf;
};
