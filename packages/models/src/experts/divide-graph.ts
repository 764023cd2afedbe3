import type { Graph, Model, Node, Value } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { emptyGraph } from '@entrgi/onnx/internal';
import { type ExpertsPlace, expertsPlace } from './experts-node.js';

/** A graph that a runtime knows, and the experts that come after it. */
export interface GraphPart {
  readonly model: Model;
  readonly experts: readonly ExpertsPlace[];
}

/**
 * Divides a graph where its experts are. What a part needs of earlier ones is its input and their output,
 * under its own name; an output of the whole is one of some part. A node stands in the part that first needs
 * it, so that little goes from part to part.
 */
export const divideGraph = (model: Model): readonly GraphPart[] => {
  const { graph } = model;
  const partOf = partsOf(graph);
  const types = new GraphBuilder(graph);
  const typeOf = (value: Value) => {
    const { type, dims } = types.declaredTypeOf(value);
    return { type, dims: dims?.map((size) => (typeof size === 'number' ? size : null)) };
  };
  const divided = Array.from({ length: 1 + Math.max(0, ...partOf.values()) }, (_, part) => ({
    graph: emptyGraph(`${graph.name}/${part}`),
    experts: [] as ExpertsPlace[],
  }));
  // Where a runtime makes a value: not those of inputs, initializers and experts.
  const makers = new Map<Value, number>();
  const mixed = new Set<Value>();
  for (const node of graph.nodes) {
    const at = partOf.get(node)!;
    const { graph: own, experts } = divided[at]!;
    const place = expertsPlace(node);
    for (const input of node.inputs) {
      const from = makers.get(input);
      if (from !== undefined && (from < at || place !== undefined)) {
        divided[from]!.graph.outputs.set(input, typeOf(input));
      }
      if (place !== undefined) continue;
      if (graph.initializers.has(input)) own.initializers.set(input, graph.initializers.get(input)!);
      if (graph.inputs.has(input)) own.inputs.set(input, graph.inputs.get(input)!);
      if (mixed.has(input) || (from !== undefined && from < at)) own.inputs.set(input, typeOf(input));
    }
    if (place !== undefined) {
      experts.push(place);
      mixed.add(place.output);
      continue;
    }
    own.nodes.push(node);
    for (const output of node.outputs) {
      makers.set(output, at);
      if (graph.outputs.has(output)) own.outputs.set(output, graph.outputs.get(output)!);
    }
  }
  return divided.map(({ graph: own, experts }) => {
    const domains = new Set(own.nodes.map(({ domain }) => domain));
    const opsets = new Map([...model.opsets].filter(([domain]) => domain === '' || domains.has(domain)));
    return { model: { ...model, opsets, graph: own }, experts };
  });
};

/** The part that each node stands in; experts stand in the one that they come after. */
const partsOf = (graph: Graph): ReadonlyMap<Node, number> => {
  const partOf = new Map<Node, number>();
  const earliest = new Map<Value, number>();
  const consumers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const known = consumers.get(input);
      if (known === undefined) consumers.set(input, [node]);
      else known.push(node);
    }
    const part = Math.max(0, ...node.inputs.map((input) => earliest.get(input) ?? 0));
    partOf.set(node, part);
    const after = expertsPlace(node) === undefined ? part : part + 1;
    for (const output of node.outputs) earliest.set(output, after);
  }
  for (const node of graph.nodes.toReversed()) {
    if (expertsPlace(node) !== undefined || node.outputs.some((output) => graph.outputs.has(output)))
      continue;
    const needed = node.outputs.flatMap((output) => consumers.get(output) ?? []);
    if (needed.length > 0) partOf.set(node, Math.min(...needed.map((consumer) => partOf.get(consumer)!)));
  }
  return partOf;
};
