import { type DataType, NonDifferentiableError, UnsupportedError } from '@entrgi/core';
import type { Dimension, GraphBuilder, Node, Value } from '@entrgi/onnx';
import { attributeReader } from '@entrgi/onnx/internal';
import { recomputation } from './recompute/recomputation.js';
import { rematerialize } from './recompute/rematerialize.js';
import { operatorName } from './rule/operators.js';
import type {
  Entry,
  InputGradient,
  Rule,
  RuleRequest,
  TransposedProduct,
  TransposedWeight,
  Values,
} from './rule/rule.js';
import { shapeOf } from './rule/shapes.js';
import { unBroadcast } from './rule/un-broadcast.js';
import { rules } from './rules/index.js';

/** Which gradients to append. */
export interface GradientRequest {
  /** The value to differentiate: any float value of the graph; of several elements, their sum. */
  readonly of: Value;
  /** The values to differentiate with respect to: inputs, initializers or intermediate values, all float. */
  readonly wrt: readonly Value[];
  /**
   * Weights of the elements of `of`, in its shape: the gradient of Σ seed·of.
   * @default ones
   */
  readonly seed?: Value | undefined;
  /** @default 'Gemm', which every runtime has */
  readonly transposedProduct?: TransposedProduct | undefined;
  /**
   * Compute forward values again for the backward pass instead of keeping them all, wherever the graph
   * narrows to a single value: much less memory for about 1.4 times the time.
   * @default false
   */
  readonly recompute?: boolean | undefined;
  /**
   * How a packed weight (MatMulNBits) is found transposed.
   * @default it is not, and is unpacked for the gradient
   */
  readonly transposedWeight?: TransposedWeight | undefined;
}

/**
 * Appends to the builder's graph the nodes that compute ∂(Σ of)/∂wrt, and returns their names: one value per
 * `wrt`, of its type and shape. The forward nodes stay as they are. Reverse mode: from the last node to the
 * first, each node's rule turns the gradients of its outputs into gradients of its inputs; those of a shared
 * value add up. Only nodes between `wrt` and `of` get a gradient.
 * @throws NonDifferentiableError where no gradient flows, UnsupportedError for an operator without a rule
 */
export function appendGradient(g: GraphBuilder, request: GradientRequest): Value[] {
  const {
    of,
    wrt,
    seed,
    transposedProduct = 'Gemm',
    transposedWeight = () => undefined,
    recompute = false,
  } = request;
  for (const value of wrt) requireFloat(g, value);
  const nodes = [...g.graph.nodes];
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const active = reachedFrom(wrt, nodes, g);
  const ancestors = ancestorsOf(of, nodes);
  const between = nodes.filter(
    ({ inputs, outputs }) =>
      inputs.some((input) => active.has(input)) && outputs.some((output) => ancestors.has(output)),
  );
  for (const node of between) refuseBarrier(node, g);
  requireFloat(g, of);

  const shared = new Map<string, Value>();
  const once = (key: string, make: () => Value): Value => {
    const value = shared.get(key) ?? make();
    shared.set(key, value);
    return value;
  };
  const gradients = new Map<Value, Value>();
  const add = (value: Value, gradient: Value) => {
    const sum = gradients.get(value);
    gradients.set(value, sum === undefined ? gradient : g.Add(sum, gradient));
  };

  const again = recompute ? recomputation(g, { nodes, active, ancestors }) : undefined;
  const now = again?.valueOf ?? ((value: Value) => value);

  const whole = seed ?? g.Expand(g.scalarLike(1, of), shapeOf({ g, once }, of));
  add(of, whole);
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => gradients.has(output))) continue;
    if (!node.inputs.some((input) => active.has(input))) continue;
    const rule = ruleOf(node, g);
    const dy = node.outputs.map((output) => gradients.get(output) ?? '');
    for (const made of again?.enter(node, dy.find((gradient) => gradient !== '')!) ?? []) {
      for (const output of made.outputs) producers.set(output, made);
    }
    const rulesRequest: RuleRequest = {
      x: padded(node.inputs.map(now)),
      y: padded(node.outputs.map(now)),
      dy: padded(dy),
      attrs: attributeReader(node),
      g,
      needs: (input) => active.has(node.inputs[input] ?? ''),
      node,
      producerOf: (value) => producers.get(value),
      once,
      transposedProduct,
      transposedWeight,
      unsupported: (what) => unsupported(node, g, what),
    };
    rule(rulesRequest).forEach((gradient, i) => {
      const input = node.inputs[i] ?? '';
      if (gradient === null || !active.has(input)) return;
      const dx = inShapeOf(input, gradient, rule, i, rulesRequest);
      // Inference may lose what the shape is, which by definition is that of the input.
      g.learn(dx, input);
      add(input, dx);
    });
  }
  const found = wrt.map((value) => gradients.get(value) ?? fail(noPath(of, value, between, active)));
  rematerialize(g, { forward: nodes.length, active, seed: whole });
  return found;
}

/**
 * The gradient a rule gives, summed to the input's shape where the rule says that its operator broadcasts.
 */
function inShapeOf(
  input: Value,
  gradient: InputGradient,
  rule: Rule,
  index: number,
  request: RuleRequest,
): Value {
  const dx = typeof gradient === 'function' ? gradient() : gradient!;
  const { broadcast } = rule;
  if (broadcast === undefined || !(broadcast.inputs?.includes(index) ?? true)) return dx;
  const { g, y } = request;
  const dims = broadcastDims(g.typeOf(y[0]).dims, g.typeOf(input).dims, broadcast.trailing);
  // A rule may have summed the leading axes itself.
  const given = g.typeOf(dx).dims;
  const known = dims && given ? dims.slice(dims.length - given.length) : (dims ?? given);
  return unBroadcast(g, dx, known, input, (value) => shapeOf(request, value));
}

/**
 * What is known of a gradient's shape without looking at it: the output's sizes, but the last `trailing` axes
 * are the input's own.
 */
function broadcastDims(
  whole: readonly Dimension[] | undefined,
  own: readonly Dimension[] | undefined,
  trailing: number,
): readonly Dimension[] | undefined {
  if (trailing === 0 || whole === undefined || own === undefined) return trailing === 0 ? whole : undefined;
  const kept = Math.min(trailing, own.length);
  return [...whole.slice(0, Math.max(0, whole.length - kept)), ...own.slice(own.length - kept)];
}

/** Values that change when `wrt` changes, as far as a gradient can follow. */
function reachedFrom(wrt: readonly Value[], nodes: readonly Node[], g: GraphBuilder): Set<Value> {
  const active = new Set(wrt);
  for (const { inputs, outputs } of nodes) {
    if (!inputs.some((input) => active.has(input))) continue;
    for (const output of outputs) if (output !== '' && carriesGradient(g, output)) active.add(output);
  }
  return active;
}

/** Everything that `of` is computed from, itself included. */
function ancestorsOf(of: Value, nodes: readonly Node[]): Set<Value> {
  const ancestors = new Set([of]);
  for (const { inputs, outputs } of nodes.toReversed()) {
    if (outputs.some((output) => ancestors.has(output))) for (const input of inputs) ancestors.add(input);
  }
  return ancestors;
}

/**
 * Rounding and drawing would give a gradient that is silently zero, also where their result is an integer.
 */
function refuseBarrier(node: Node, g: GraphBuilder): void {
  const entry = entryOf(node);
  if (entry !== undefined && 'nonDifferentiable' in entry) {
    throw new NonDifferentiableError(
      `${operatorName(node)} (node '${node.name}' of graph '${g.graph.name}') has no useful gradient: ${entry.nonDifferentiable}.`,
      { value: node.name, hint: 'Differentiate with respect to a value after it.' },
    );
  }
  const known = node.outputs.every((output) => output === '' || g.knownTypeOf(output) !== undefined);
  if (!known) ruleOf(node, g);
}

/** A Map: an operator may be called `constructor`. */
const entries: ReadonlyMap<string, Entry> = new Map(Object.entries(rules));

const floats: ReadonlySet<DataType> = new Set(['float32', 'float64', 'float16', 'bfloat16']);

/** An unknown type may be a float: better an error about the operator than a gradient that silently stops. */
function carriesGradient(g: GraphBuilder, value: Value): boolean {
  const type = g.knownTypeOf(value);
  return type === undefined || floats.has(type.type);
}

function requireFloat(g: GraphBuilder, value: Value): void {
  const { type } = g.typeOf(value);
  if (floats.has(type)) return;
  throw new NonDifferentiableError(`'${value}' holds ${type}; expected a float value.`, { value });
}

const entryOf = (node: Node): Entry | undefined => entries.get(operatorName(node));

function ruleOf(node: Node, g: GraphBuilder): Rule {
  const entry = entryOf(node);
  if (typeof entry === 'function') return entry;
  throw unsupported(node, g, 'there is no rule for it');
}

const unsupported = (node: Node, g: GraphBuilder, what: string) =>
  new UnsupportedError(
    `No gradient of ${operatorName(node)} (node '${node.name}' of graph '${g.graph.name}'): ${what}.`,
    { value: operatorName(node) },
  );

function noPath(of: Value, value: Value, between: readonly Node[], active: ReadonlySet<Value>): Error {
  const ends = between.filter(({ outputs }) => !outputs.some((output) => active.has(output)));
  const where = ends.map((node) => {
    const entry = entryOf(node);
    const why = entry !== undefined && 'cut' in entry ? ` (${entry.cut})` : '';
    return `${operatorName(node)} '${node.name}'${why}`;
  });
  return new NonDifferentiableError(
    where.length === 0
      ? `'${of}' does not depend on '${value}'.`
      : `No gradient flows from '${of}' to '${value}': every path ends at ${where.slice(0, 3).join(', ')}.`,
    { value },
  );
}

const none: readonly Value[] = new Array<Value>(8).fill('');

const padded = (values: readonly Value[]): Values => values.concat(none) as unknown as Values;

const fail = (error: Error): never => {
  throw error;
};
