import { delayedUntil, type GraphBuilder, type Node, type Value } from '@entrgi/onnx';
import { computeAgain } from './compute-again.js';

/** What recomputation needs to know of the graph that is differentiated. */
export interface RecomputationRequest {
  readonly nodes: readonly Node[];
  /** Values that the gradient may follow. */
  readonly active: ReadonlySet<Value>;
  /** Everything that the differentiated value is computed from. */
  readonly ancestors: ReadonlySet<Value>;
}

/** Forward values, computed again for the backward pass. */
export interface Recomputation {
  /**
   * Called for each node from the last to the first, before its rule: computes the forward values of the
   * node's segment again, from the value the segment begins with and not before `dy` is there. Returns what
   * makes those values now, the first time.
   */
  enter(node: Node, dy: Value): readonly Node[];
  /** The value to use in the backward pass in place of `value`. */
  valueOf(value: Value): Value;
}

/** Segments shorter than this are joined: what a cut keeps must be worth less than what it frees. */
const FEWEST = 8;

/**
 * Stores one value per segment instead of every value: the forward graph is cut wherever all that depends on
 * `wrt` passes through a single value, such as the residual stream between two blocks. Time for memory: the
 * forward pass runs almost twice.
 */
export const recomputation = (g: GraphBuilder, request: RecomputationRequest): Recomputation => {
  const { nodes, active, ancestors } = request;
  const cuts = cutsOf(request);
  const segments: Node[][] = [[]];
  const segmentOf = new Map<Node, number>();
  nodes.forEach((node, i) => {
    segmentOf.set(node, segments.length - 1);
    segments.at(-1)!.push(node);
    if (i === cuts[segments.length - 1]?.index) segments.push([]);
  });
  const current = new Map<Value, Value>();
  const entered = new Set<number>();

  const again = (number: number, dy: Value): Node[] => {
    const made: Node[] = [];
    const entry = cuts[number - 1];
    if (entry !== undefined) {
      current.set(entry.value, delayedUntil(g, entry.value, g.Reshape(dy, [-1])));
    }
    for (const node of segments[number]!) {
      if (!node.outputs.some((output) => active.has(output) && ancestors.has(output))) continue;
      made.push(computeAgain(g, node, current));
    }
    return made;
  };

  return {
    enter(node, dy) {
      const number = segmentOf.get(node)!;
      // Neither the last segment nor the first, whose values are few and whose beginnings may be many.
      if (number === cuts.length || number === 0 || entered.has(number)) return [];
      entered.add(number);
      return again(number, dy);
    },
    valueOf: (value) => current.get(value) ?? value,
  };
};

interface Cut {
  /** Of the node that completes the segment. */
  readonly index: number;
  /** The one value that later nodes read. */
  readonly value: Value;
}

/** After which nodes a single active value is left that later nodes need. */
const cutsOf = ({ nodes, active, ancestors }: RecomputationRequest): Cut[] => {
  const last = new Map<Value, number>();
  const relevant = (value: Value) => active.has(value) && ancestors.has(value);
  nodes.forEach((node, i) => {
    if (!node.outputs.some((output) => ancestors.has(output))) return;
    for (const input of node.inputs) if (relevant(input)) last.set(input, i);
  });
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const live = new Set([...last.keys()].filter((value) => !made.has(value)));
  const cuts: Cut[] = [];
  let length = 0;
  nodes.forEach((node, i) => {
    const outputs = node.outputs.filter((output) => relevant(output) && last.has(output));
    if (outputs.length === 0 && !node.inputs.some((input) => live.has(input))) return;
    for (const output of outputs) live.add(output);
    for (const input of node.inputs) if ((last.get(input) ?? 0) <= i) live.delete(input);
    length += 1;
    const [only] = live;
    if (live.size !== 1 || length < FEWEST || only === undefined) return;
    cuts.push({ index: i, value: only });
    length = 0;
  });
  return cuts;
};
