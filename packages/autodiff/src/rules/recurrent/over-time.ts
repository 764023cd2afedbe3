import { type Graph, GraphBuilder, type Value } from '@entrgi/onnx';
import { emptyGraph, int, ints } from '@entrgi/onnx/internal';

interface OverTime {
  /** Tensors whose slices along axis 0 the steps get, one after the other. */
  readonly sequences: readonly Value[];
  /** What the first step gets from before. */
  readonly carried: readonly Value[];
  /** What every step gets. */
  readonly constants?: readonly Value[];
  /** From the last slice to the first. */
  readonly backwards: boolean;
  readonly step: (
    g: GraphBuilder,
    given: { slices: readonly Value[]; carried: readonly Value[]; constants: readonly Value[] },
  ) => { carried: readonly Value[]; emitted: readonly Value[] };
  /** Values of the shapes of what is emitted, stacked along axis 0 at the places of the slices. */
  readonly like: readonly Value[];
}

/**
 * A recurrence over a length that only the run tells: a Scan whose body reads nothing but what it is given.
 */
export function overTime(
  g: GraphBuilder,
  { sequences, carried, constants = [], backwards, step, like }: OverTime,
): { carried: Value[]; emitted: Value[] } {
  const body = new GraphBuilder(emptyGraph('step'));
  const inputs = (what: string, values: readonly Value[], slice: boolean) =>
    values.map((value, i) => {
      const { type, dims } = g.typeOf(value);
      return body.input(`${what}${i}`, type, slice ? dims?.slice(1) : dims);
    });
  const states = inputs('carried', carried, false);
  const fixed = inputs('constant', constants, false);
  const result = step(body, { carried: states, constants: fixed, slices: inputs('slice', sequences, true) });
  // A constant is carried along unchanged.
  const outputs = [...result.carried, ...fixed, ...result.emitted];
  for (const value of outputs) body.output(body.Identity(value));
  const direction = backwards ? 1 : 0;
  const made = g.node(
    'Scan',
    [...carried, ...constants, ...sequences],
    {
      body: { kind: 'graph', value: prefixed(body.graph, `${g.unique('Scan')}/`) },
      num_scan_inputs: int(sequences.length),
      scan_input_directions: ints(sequences.map(() => direction)),
      scan_output_directions: ints(result.emitted.map(() => direction)),
    },
    { outputs: outputs.length, like: [...carried, ...constants, ...like] },
  );
  return { carried: made.slice(0, carried.length), emitted: made.slice(carried.length + constants.length) };
}

/** Names in a body must not be those of the graph around it. */
function prefixed(graph: Graph, prefix: string): Graph {
  const name = (value: Value) => (value === '' ? '' : `${prefix}${value}`);
  const all = <T>(values: ReadonlyMap<Value, T>) =>
    new Map([...values].map(([value, content]) => [name(value), content]));
  return {
    name: graph.name,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(name),
      outputs: node.outputs.map(name),
    })),
    inputs: all(graph.inputs),
    outputs: all(graph.outputs),
    initializers: all(graph.initializers),
    valueTypes: all(graph.valueTypes),
  };
}
