import { EntrgiError, InvalidModelError } from '@entrgi/core';
import { emptyGraph, GraphBuilder } from './build/graph-builder.js';
import { checkForm } from './gate/check-model.js';
import type { Graph, Model, Node, Value } from './model/model.js';
import { opsetOf } from './model/opset.js';
import { pruneGraph } from './model/prune-graph.js';
import { domains } from './rewrites/index.js';
import { rewriteRequest } from './rewrites/rewrite-rule.js';

/** What canonicalize may be told. */
export interface CanonicalizeOptions {
  /**
   * Intermediate values whose names must survive even where the node that makes them is dropped (Identity,
   * Dropout).
   */
  readonly keep?: Iterable<Value>;
}

/**
 * A model of opset 11–27 in opset 21 (23 with RMSNormalization) and few operators: fused and contributed
 * operators expanded (see rewrites), constants as initializers, shapes that are known folded, Identity and
 * inference-time Dropout removed, nodes and initializers that no output needs dropped. Inputs, outputs and
 * the values of all remaining names stay what they were. The argument is not changed.
 * @throws InvalidModelError for what is not well-formed (sizes are not looked at: decodeModel and encodeModel
 *   do) and UnsupportedError for operators in a form that has no canonical one
 */
export function canonicalize(model: Model, { keep = [] }: CanonicalizeOptions = {}): Model {
  checkForm(model);
  const graph = rewriteGraph(model.graph, model.opsets.get('')!, new Set(keep));
  const opsets = new Map([['', opsetOf(graph.nodes)]]);
  for (const { domain } of graph.nodes) if (domain !== '') opsets.set(domain, model.opsets.get(domain) ?? 1);
  return { irVersion: 10, opsets, producer: model.producer, metadata: new Map(model.metadata), graph };
}

function rewriteGraph(graph: Graph, opset: number, keep: ReadonlySet<Value>): Graph {
  const g = new GraphBuilder({
    ...emptyGraph(graph.name),
    inputs: new Map(graph.inputs),
    initializers: new Map(graph.initializers),
    valueTypes: new Map([...graph.valueTypes, ...graph.outputs]),
  });
  g.reserve(graph.nodes.flatMap((node) => node.outputs));
  const read = new Set([...graph.outputs.keys(), ...keep, ...graph.nodes.flatMap((node) => node.inputs)]);
  /** Where a value of the old graph is found in the new one. */
  const found = new Map<Value, Value>();
  /** Names that values of the new graph take in the end. */
  const named = new Map<Value, Value>();

  for (const original of graph.nodes) {
    const node: Node = { ...original, inputs: original.inputs.map((input) => found.get(input) ?? input) };
    const first = g.graph.nodes.length;
    const results = rewriteNode(g, node, opset, (value) => read.has(value));
    if (results === null) continue;
    const made = new Set(g.graph.nodes.slice(first).flatMap(({ outputs }) => outputs));
    for (const [i, output] of node.outputs.entries()) {
      const result = results[i] ?? '';
      if (output === '' || result === output || (result === '' && !read.has(output))) continue;
      if (result === '')
        throw new InvalidModelError(`Node '${node.name}' (${node.opType}) has no output ${i}.`);
      found.set(output, result);
      if (made.has(result) && !named.has(result)) named.set(result, output);
      else if (graph.outputs.has(output) || keep.has(output)) {
        found.set(output, output);
        g.node('Identity', [result], {}, { outputs: [output] });
      }
    }
  }
  rename(g.graph, named);
  for (const [output, type] of graph.outputs) g.graph.outputs.set(output, type);
  return pruneGraph(g.graph);
}

/** The values of a node's outputs in the new graph; null where they are there under their own names. */
function rewriteNode(
  g: GraphBuilder,
  node: Node,
  opset: number,
  isUsed: (value: Value) => boolean,
): readonly Value[] | null {
  try {
    const rule = domains.get(node.domain)?.get(node.opType);
    const result = rule?.(rewriteRequest(g, node, opset, isUsed)) ?? null;
    if (result !== null) return typeof result === 'string' ? [result] : result;
    const { opType, inputs, outputs, attributes, domain, name } = node;
    g.node(opType, inputs, attributes, { outputs, domain, name: name || opType });
    foldShape(g);
    return null;
  } catch (error) {
    // The builder rejects as an argument what is here a fault of the file.
    if (!EntrgiError.isInstance(error) || error.code !== 'invalid-argument') throw error;
    throw new InvalidModelError(`Node '${node.name}' (${node.opType}): ${error.message}`, { cause: error });
  }
}

/**
 * Replaces the node appended last by an initializer where its elements are known: shapes that exporters
 * compute.
 */
function foldShape(g: GraphBuilder): void {
  const output = g.graph.nodes.at(-1)!.outputs[0]!;
  const contents = output === '' ? undefined : g.contentsOf(output);
  if (contents === undefined || !contents.every((element) => Number.isSafeInteger(element))) return;
  const { type, dims } = g.typeOf(output);
  if (type !== 'int64' || dims === undefined) return;
  g.graph.nodes.pop();
  const data = BigInt64Array.from(contents as readonly number[], BigInt);
  g.graph.initializers.set(output, { type, dims: dims.length === 0 ? [] : [data.length], data });
}

function rename(graph: Graph, named: ReadonlyMap<Value, Value>): void {
  const nameOf = (value: Value) => named.get(value) ?? value;
  graph.nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(nameOf),
    outputs: node.outputs.map(nameOf),
  }));
}
