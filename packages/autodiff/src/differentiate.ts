import { InvalidArgumentError, NonDifferentiableError, UnsupportedError } from '@entrgi/core';
import { canonicalize, type Graph, GraphBuilder, type Model, pruneGraph, type Value } from '@entrgi/onnx';
import { isFloat } from '@entrgi/onnx/internal';
import { appendGradient } from './gradient-graph.js';
import { nearest } from './nearest.js';
import type { TransposedProduct } from './rule/rule.js';

/** What to differentiate, and with respect to what. */
export interface DifferentiateOptions {
  /** The float value to differentiate, mostly an output. Of several elements, their sum is differentiated. */
  readonly of: Value;
  /**
   * Element of the last axis of `of` to differentiate, for classifiers.
   * @default all
   */
  readonly index?: number | undefined;
  /** Value or values to differentiate with respect to: float inputs, initializers or intermediate values. */
  readonly wrt: Value | readonly Value[];
  /** @default 'Gemm', which every runtime has */
  readonly transposedProduct?: TransposedProduct | undefined;
  /**
   * Compute forward values again instead of keeping them: much less memory for about 1.4 times the time.
   * @default false
   */
  readonly recompute?: boolean | undefined;
}

/**
 * A model with all outputs of `model` and, for every `wrt`, the output `gradient/VALUE` in the shape of the
 * value. An intermediate value becomes an input under its own name; inputs and nodes that only fed it are
 * dropped. `model` is not changed.
 * @throws InvalidArgumentError for unknown names, NonDifferentiableError where no gradient flows (integers),
 *   UnsupportedError for operators without a rule
 */
export function differentiate(model: Model, options: DifferentiateOptions): Model {
  const { of, index, transposedProduct, recompute } = options;
  const wrt = typeof options.wrt === 'string' ? [options.wrt] : [...options.wrt];
  const canonical = canonicalize(model, { keep: [of, ...wrt] });
  const { graph } = canonical;
  checkNames([model.graph, graph], of, wrt);
  const declared = new GraphBuilder(graph);
  for (const value of [of, ...wrt]) requireUsed(declared, value);
  for (const value of wrt) {
    requireDifferentiable(declared, value);
    makeInput(declared, value);
  }
  const g = new GraphBuilder(graph);
  const chosen = index === undefined ? of : element(g, of, index);
  const gradients = appendGradient(g, { of: chosen, wrt, transposedProduct, recompute });
  wrt.forEach((value, i) => {
    const name = g.output(gradients[i]!, `gradient/${value}`);
    graph.outputs.set(name, g.declaredTypeOf(value));
  });
  pruneGraph(graph);
  dropUnusedInputs(graph, wrt);
  const opsets = new Map(canonical.opsets);
  for (const { domain } of graph.nodes) if (!opsets.has(domain)) opsets.set(domain, 1);
  return { ...canonical, opsets, graph };
}

/** A value may have the name that the model has for it, or one that its canonical form has. */
function checkNames(graphs: readonly [Graph, Graph], of: Value, wrt: readonly Value[]): void {
  const [graph] = graphs;
  const names = new Set(
    graphs.flatMap(({ inputs, initializers, nodes }) => [
      ...inputs.keys(),
      ...initializers.keys(),
      ...nodes.flatMap(({ outputs }) => outputs),
    ]),
  );
  names.delete('');
  if (wrt.length === 0)
    throw new InvalidArgumentError(
      'Expected at least one value to differentiate with respect to, got none.',
      {
        argument: 'wrt',
      },
    );
  if (new Set(wrt).size < wrt.length) {
    throw new InvalidArgumentError(
      `Expected distinct values to differentiate with respect to, got ${wrt.join(', ')}.`,
      { value: wrt, argument: 'wrt' },
    );
  }
  for (const value of [of, ...wrt]) {
    if (names.has(value)) continue;
    const first = value === of ? [...graph.outputs.keys()] : [...graph.inputs.keys()];
    const similar = [...new Set([...nearest(value, names), ...first])].slice(0, 5);
    throw new InvalidArgumentError(`The model has no value named '${value}'.`, {
      value,
      argument: value === of ? 'of' : 'wrt',
      hint: `Did you mean ${similar.map((name) => `'${name}'`).join(', ')}?`,
    });
  }
  for (const value of wrt) {
    if (names.has(`gradient/${value}`)) {
      throw new InvalidArgumentError(`The model already has a value named 'gradient/${value}'.`, {
        value: `gradient/${value}`,
        argument: 'wrt',
      });
    }
  }
}

/** canonicalize drops what no output needs. */
function requireUsed(g: GraphBuilder, value: Value): void {
  if (g.has(value)) return;
  throw new NonDifferentiableError(`No output of the model depends on '${value}'.`, { value });
}

/** Refuses integers, and says which float values come out of them. */
function requireDifferentiable(g: GraphBuilder, value: Value): void {
  const known = g.knownTypeOf(value);
  if (known === undefined) {
    throw new UnsupportedError(`The element type of '${value}' is unknown: its operator is not supported.`, {
      value,
    });
  }
  const { type } = known;
  if (isFloat(type)) return;
  const candidates = firstFloats(g, value).slice(0, 5);
  throw new NonDifferentiableError(`'${value}' holds ${type}, which has no gradient.`, {
    value,
    ...(candidates.length > 0 && {
      hint: `Differentiate with respect to a float value computed from it: ${candidates.map((name) => `'${name}'`).join(', ')}.`,
    }),
  });
}

/** The first float values on the paths from an integer value. */
function firstFloats(g: GraphBuilder, value: Value): Value[] {
  const reached = new Set([value]);
  const found: Value[] = [];
  for (const { inputs, outputs } of g.graph.nodes) {
    if (!inputs.some((input) => reached.has(input))) continue;
    for (const output of outputs) {
      const type = g.knownTypeOf(output)?.type;
      if (type === undefined) continue;
      if (isFloat(type)) found.push(output);
      else reached.add(output);
    }
  }
  return found;
}

/**
 * Turns an intermediate value into an input; its node gives the result under another name, if it gives others
 * too.
 */
function makeInput(g: GraphBuilder, value: Value): void {
  const { graph } = g;
  const producer = graph.nodes.findIndex(({ outputs }) => outputs.includes(value));
  if (producer < 0) return;
  const node = graph.nodes[producer]!;
  const replaced = g.unique(`${value}/replaced`);
  const outputs = node.outputs.map((output) => (output === value ? replaced : output));
  if (outputs.length === 1) graph.nodes.splice(producer, 1);
  else graph.nodes[producer] = { ...node, outputs };
  graph.inputs.set(value, g.declaredTypeOf(value));
  graph.valueTypes.delete(value);
}

function element(g: GraphBuilder, of: Value, index: number): Value {
  const size = g.typeOf(of).dims?.at(-1);
  const tooLarge = typeof size === 'number' && index >= size;
  if (Number.isInteger(index) && index >= 0 && !tooLarge) return g.Gather(of, g.scalar(index, 'int64'), -1);
  const range = typeof size === 'number' ? `from 0 to ${size - 1}` : '≥ 0';
  throw new InvalidArgumentError(`Expected an index ${range} on the last axis of '${of}', got ${index}.`, {
    value: index,
    argument: 'index',
  });
}

function dropUnusedInputs(graph: Graph, wrt: readonly Value[]): void {
  const used = new Set([...wrt, ...graph.outputs.keys(), ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  for (const input of [...graph.inputs.keys()]) if (!used.has(input)) graph.inputs.delete(input);
}
