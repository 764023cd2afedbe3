import type { Graph, Model, Value } from '../model/model.js';
import { bytesOf, MAXIMUM_ELEMENTS, measureSizes } from './measure-sizes.js';

/**
 * Bytes that a session of the model takes at the least: what is stored, constants computed from it that stay,
 * and the largest value when every free size is 1.
 * @throws InvalidModelError as checkModel does
 */
export function leastMemory({ graph }: Model): { readonly weights: number; readonly values: number } {
  const { stored, largest, types, constant } = measureSizes(graph, {
    free: 1,
    maximum: MAXIMUM_ELEMENTS.asDeclared,
  });
  const kept = keptBy(graph);
  let weights = stored;
  for (const { opType, outputs } of graph.nodes) {
    if (opType === 'Constant') continue;
    for (const output of outputs) {
      const type = types.get(output);
      if (constant.has(output) && kept.has(output) && type !== undefined) weights += bytesOf(type);
    }
  }
  return { weights, values: largest };
}

/** Values that a node reads which depends on an input, or that are outputs. */
const keptBy = (graph: Graph): ReadonlySet<Value> => {
  const varying = new Set<Value>(graph.inputs.keys());
  const kept = new Set<Value>(graph.outputs.keys());
  for (const { inputs, outputs } of graph.nodes) {
    if (!inputs.some((value) => varying.has(value))) continue;
    for (const value of inputs) kept.add(value);
    for (const value of outputs) varying.add(value);
  }
  return kept;
};
