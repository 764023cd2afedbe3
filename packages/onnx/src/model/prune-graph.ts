import { InvalidArgumentError } from '@entrgi/core';
import type { Graph, Value } from './model.js';

/**
 * Removes, in place, the nodes and initializers that no kept output needs, and outputs that are not kept.
 * Inputs stay.
 * @param keep outputs to keep; default: all
 */
export function pruneGraph(graph: Graph, keep: Iterable<Value> = graph.outputs.keys()): Graph {
  const kept = new Set(keep);
  for (const output of kept) {
    if (!graph.outputs.has(output)) {
      throw new InvalidArgumentError(`Graph '${graph.name}' has no output named '${output}'.`, {
        value: output,
      });
    }
  }
  for (const output of [...graph.outputs.keys()]) if (!kept.has(output)) graph.outputs.delete(output);

  const needed = new Set(kept);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const used = node.outputs.some((output) => output !== '' && needed.has(output));
    if (used) for (const input of node.inputs) needed.add(input);
    return used;
  });
  graph.nodes = nodes.reverse();
  for (const name of [...graph.initializers.keys()]) if (!needed.has(name)) graph.initializers.delete(name);
  for (const name of [...graph.valueTypes.keys()]) if (!needed.has(name)) graph.valueTypes.delete(name);
  return graph;
}
