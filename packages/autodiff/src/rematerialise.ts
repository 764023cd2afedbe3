import { delayedUntil, type GraphBuilder, type Node, type Value } from '@entrgi/onnx';
import { computeAgain } from './compute-again.js';
import { operatorName } from './operators.js';

/** Operators that give the same elements again, mostly for the next operator. */
const views: ReadonlySet<string> = new Set(['Cast', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze']);

/**
 * Operators whose results cost less to compute again than to keep: one pass over the elements. Norms and rotations are not among them: computing the
 * queries and keys of Qwen3 again spares a tenth of the memory and takes 1.3 % longer.
 */
const cheap: ReadonlySet<string> = new Set([
  ...['Neg', 'Add', 'Sub', 'Mul', 'Div', 'Reciprocal', 'Sqrt', 'Where', 'Clip', 'Max', 'Min'],
  ...['Relu', 'LeakyRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Erf', 'Gelu'],
  ...views,
]);

export interface RematerialisationRequest {
  /** How many of the graph's first nodes are the forward pass; those after it are the backward pass. */
  readonly forward: number;
  /** Values that change with what is differentiated by: others are few, or weights. */
  readonly active: ReadonlySet<Value>;
  /** What the backward pass begins with. */
  readonly seed: Value;
}

/**
 * Lets the backward pass compute again what it reads of the forward pass, wherever cheap operators give it from other values that the
 * backward pass reads anyway: those are kept alone. The same operators on the same values: the gradient stays the same, bit for bit.
 */
export const rematerialise = (g: GraphBuilder, request: RematerialisationRequest): void => {
  const { nodes } = g.graph;
  const forward = nodes.slice(0, request.forward);
  const backward = nodes.splice(request.forward);
  const after = waitingFor(g, backward, request.seed);
  const targets = targetsOf({ forward, backward, after, active: request.active });
  /** What stands for a forward value from here on. */
  const current = new Map<Value, Value>();

  const again = ({ nodes: chain, bases }: Target, dy: Value): void => {
    for (const base of bases) if (!current.has(base)) current.set(base, delayedUntil(g, base, dy));
    for (const node of chain) if (!current.has(node.outputs[0]!)) computeAgain(g, node, current);
  };

  for (const node of backward) {
    const dy = after.get(node);
    for (const input of node.inputs) {
      const target = targets.get(input);
      if (target !== undefined && dy !== undefined) again(target, dy);
    }
    const inputs = node.inputs.map((input) => current.get(input) ?? input);
    nodes.push(dy === undefined ? node : { ...node, inputs });
  }
};

/** How to compute a forward value again: from `bases`, by copies of `nodes` in order. */
interface Target {
  readonly nodes: readonly Node[];
  readonly bases: readonly Value[];
}

/** The shape of a value is known without its elements. */
const reads = ({ opType }: Node): boolean => opType !== 'Shape';

const targetsOf = ({
  forward,
  backward,
  after,
  active,
}: {
  readonly forward: readonly Node[];
  readonly backward: readonly Node[];
  readonly after: ReadonlyMap<Node, Value>;
  readonly active: ReadonlySet<Value>;
}): ReadonlyMap<Value, Target> => {
  const producers = new Map(forward.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const readers = backward.filter(reads);
  const kept = new Set(readers.flatMap(({ inputs }) => inputs));
  // What is read as soon as it is there need not be computed again.
  const early = new Set(readers.flatMap((node) => (after.has(node) ? [] : node.inputs)));
  const known = new Map<Value, Target | undefined>();

  /** How a value is had from what is kept; undefined: it is not. */
  const derive = (value: Value): Target | undefined => {
    if (!active.has(value)) return { nodes: [], bases: [] };
    if (known.has(value)) return known.get(value);
    const base = kept.has(value) ? { nodes: [], bases: [value] } : undefined;
    const derived = (early.has(value) ? undefined : deriveFromInputs(value)) ?? base;
    known.set(value, derived);
    return derived;
  };
  const deriveFromInputs = (value: Value): Target | undefined => {
    const node = producers.get(value);
    if (node === undefined || node.outputs.length > 1 || !cheap.has(operatorName(node))) return undefined;
    const sources = node.inputs.filter((input) => input !== '').map(derive);
    if (!sources.every((source) => source !== undefined)) return undefined;
    return {
      nodes: [...new Set([...sources.flatMap((source) => source.nodes), node])],
      bases: [...new Set(sources.flatMap((source) => source.bases))],
    };
  };

  const targets = [...kept].flatMap((value) => {
    const target = active.has(value) ? derive(value) : undefined;
    return target !== undefined && target.nodes.length > 0 ? [[value, target] as const] : [];
  });
  return new Map(targets);
};

/**
 * For each node of the backward pass, a value without which it need not run: an input that cannot be computed before `seed`, or, of a view
 * of something else, such an input of the first node that reads the view. Without any, a node may run as soon as the forward pass has.
 */
const waitingFor = (g: GraphBuilder, nodes: readonly Node[], seed: Value): ReadonlyMap<Node, Value> => {
  const late = new Map([[seed, -1]]);
  nodes.forEach(({ inputs, outputs }, i) => {
    if (inputs.some((input) => late.has(input))) for (const output of outputs) late.set(output, i);
  });
  const lateInput = ({ inputs }: Node, before: number): Value | undefined =>
    inputs.find((input) => (late.get(input) ?? before) < before && (g.typeOf(input).dims?.length ?? 0) > 0);
  const firstReader = new Map<Value, Node>();
  for (const node of nodes.toReversed()) for (const input of node.inputs) firstReader.set(input, node);
  return new Map(
    nodes.flatMap((node, i) => {
      const reader = views.has(node.opType) ? firstReader.get(node.outputs[0]!) : undefined;
      const dy = lateInput(node, i) ?? (reader === undefined ? undefined : lateInput(reader, i));
      return dy === undefined || !reads(node) ? [] : [[node, dy] as const];
    }),
  );
};
