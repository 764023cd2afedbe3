import { UnsupportedError } from '@entrgi/core';
import type { Graph, Model, Node, Value } from '@entrgi/onnx';
import { pruneGraph } from '@entrgi/onnx/graphs';
import { int, onnxType } from '@entrgi/onnx/internal';
import { chooseOutput } from './choose-output.js';

/** A fill-mask model that computes logits at some positions only. */
export interface FillMaskGraph {
  readonly model: Model;
  /** Name of the added input: flat positions, int64 [rows]. */
  readonly positions: Value;
  /** Name of the only output: float32 [rows, vocabulary]. */
  readonly output: Value;
  /** Columns of the logits, where the model says. */
  readonly vocabulary: number | undefined;
}

/**
 * Restricts one output of an exported model, [batch, length, vocabulary], to some positions; other outputs,
 * and what only they need, are dropped. The rows are chosen before the product with the vocabulary where
 * nothing after it mixes rows. The argument is changed.
 * @throws InvalidArgumentError where there is no such output, UnsupportedError for one of another shape
 */
export const fillMaskGraph = (model: Model, name: string, asked?: string): FillMaskGraph => {
  const { graph } = model;
  const logits = chooseOutput(model, name, asked);
  const type = graph.outputs.get(logits)!;
  if (type.dims !== undefined && type.dims.length !== 3) {
    throw new UnsupportedError(
      `${name}: the output ${logits}: expected [batch, length, vocabulary], got [${type.dims.join(', ')}].`,
      { value: type.dims, hint: 'Export the model for the task fill-mask, or name another output.' },
    );
  }
  pruneGraph(graph, [logits]);
  const [positions, flat, chosen, result] = ['positions', 'flat', 'chosen', 'logits'].map((word) =>
    unusedName(graph, `entrgi/${word}`),
  ) as [Value, Value, Value, Value];
  const { nodes, from } = rowwiseTail(graph, logits);
  const node = (opType: string, inputs: Value[], output: Value, attributes: Node['attributes']): Node => ({
    opType,
    domain: '',
    name: output,
    inputs,
    outputs: [output],
    attributes,
  });
  const choice = [
    // [batch, length, width] → [batch · length, width]
    node('Flatten', [from], flat, { axis: int(2) }),
    node('Gather', [flat, positions], chosen, { axis: int(0) }),
  ];
  const moved = new Set(nodes);
  const last = nodes.length === 0 ? chosen : logits;
  graph.nodes = [
    ...graph.nodes.filter((each) => !moved.has(each)),
    ...choice,
    ...nodes.map((each) => ({ ...each, inputs: each.inputs.map((x) => (x === from ? chosen : x)) })),
    node('Cast', [last], result, { to: int(onnxType('float32')) }),
  ];
  // What the file says of their shapes is no longer so.
  for (const { outputs } of nodes) for (const output of outputs) graph.valueTypes.delete(output);
  const columns = type.dims?.[2];
  graph.inputs.set(positions, { type: 'int64', dims: ['rows'] });
  graph.outputs = new Map([[result, { type: 'float32', dims: ['rows', columns ?? null] }]]);
  return {
    model,
    positions,
    output: result,
    vocabulary: typeof columns === 'number' ? columns : undefined,
  };
};

/**
 * The nodes at the end of a graph that treat every row [batch, length, ·] by itself, in order, and the value
 * that the first of them reads: products with a constant matrix, and sums with a constant vector. Each result
 * has one reader, so that nobody else misses its shape.
 */
const rowwiseTail = (graph: Graph, output: Value): { nodes: Node[]; from: Value } => {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((each) => [each, node])));
  const readers = (value: Value) => graph.nodes.filter(({ inputs }) => inputs.includes(value)).length;
  const rankOfConstant = (value: Value): number | undefined => {
    const { opType, inputs } = producers.get(value) ?? {};
    // A head that is tied to the embedding table is exported as the transposed table.
    if (opType === 'Transpose' || opType === 'Identity' || opType === 'Cast')
      return rankOfConstant(inputs![0]!);
    return graph.initializers.get(value)?.dims.length;
  };
  const rowsOf = ({ opType, domain, inputs }: Node): Value | undefined => {
    const [first, second] = inputs as [Value, Value];
    if (opType === 'MatMul' && domain === '') return rankOfConstant(second) === 2 ? first : undefined;
    if (opType === 'MatMulNBits' && domain === 'com.microsoft') return first;
    if (opType === 'Cast' || opType === 'Identity') return first;
    if (opType !== 'Add') return undefined;
    if (rankOfConstant(second) === 1) return first;
    return rankOfConstant(first) === 1 ? second : undefined;
  };
  const nodes: Node[] = [];
  let from = output;
  for (;;) {
    const node = producers.get(from);
    const rows = node === undefined ? undefined : rowsOf(node);
    if (rows === undefined || readers(from) > (from === output ? 0 : 1)) return { nodes, from };
    nodes.unshift(node!);
    from = rows;
  }
};

const unusedName = ({ nodes, inputs, initializers }: Graph, name: string): Value => {
  const used = new Set([
    ...inputs.keys(),
    ...initializers.keys(),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
  let unused = name;
  for (let i = 1; used.has(unused); i++) unused = `${name}_${i}`;
  return unused;
};
