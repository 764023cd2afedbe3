import { type DataType, EntrgiError, InvalidModelError } from '@entrgi/core';
import { byteSize } from '../data-types.js';
import { hasInference, inferNode } from '../infer.js';
import type { Dimension, Graph, Node, Value, ValueType } from '../model.js';
import { constantWork } from './constant-work.js';
import { isFractional, type Numbers, numbersAfter, numbersOf } from './known-numbers.js';
import { boundFromElements, count } from './sizes-from-elements.js';

/** What a graph takes at the least, in bytes. */
export interface GraphSizes {
  /** Initialisers and Constants. */
  readonly stored: number;
  /** Values computed from those alone: a runtime computes them when it loads the model. */
  readonly computed: number;
  /** Of those, what stays: values that other nodes read as well. */
  readonly kept: number;
  /** The largest single value. */
  readonly largest: number;
}

/** Largest value, in elements. */
const MAXIMUM_ELEMENTS = { asDeclared: 2 ** 31, grown: 2 ** 34 } as const;

/**
 * Infers every shape with the free sizes of the inputs at `free`, and adds up. Throws InvalidModelError for a value above `maximum` elements
 * and for constants that take long to compute; what contradicts itself at that size is not judged.
 */
export function measureSizes(
  graph: Graph,
  free: number,
  maximum: number,
  visit?: (node: Node, typeOf: (value: Value) => DataType | undefined) => void,
): GraphSizes {
  const types = new Map<Value, ValueType>();
  const numbers = new Map<Value, Numbers>();
  /** Values that depend on no input, and values whose shape depends on no free size. */
  const [constant, fixed] = [new Set<Value>(), new Set<Value>()];
  const numbersIn = (value: Value) => numbers.get(value) ?? numbersOf(graph.initializers.get(value));
  const total = { stored: 0, computed: 0, kept: 0, largest: 0 };

  for (const [name, { type, dims }] of graph.inputs) {
    types.set(name, { type, dims: dims?.map((size) => (typeof size === 'number' ? size : free)) });
    if (dims?.every((size) => typeof size === 'number')) fixed.add(name);
    refuseLarge(`Input '${name}'`, count(types.get(name)!.dims), maximum, dims);
  }
  for (const [name, { type, dims }] of graph.initializers) {
    types.set(name, { type, dims });
    constant.add(name);
    total.stored += bytesOf({ type, dims });
  }
  // What the file says of a value that no rule knows: a runtime refuses it if it is not so.
  const typeOf = (value: Value) => (types.get(value) ?? graph.valueTypes.get(value))?.type;
  const kept = keptBy(graph);
  for (const node of graph.nodes) {
    const input = (i: number) => node.inputs[i] ?? '';
    const dims = (i: number) => types.get(input(i))?.dims;
    const given = node.inputs.filter((each) => each !== '');
    const isConstant =
      given.every((each) => constant.has(each)) ||
      (/^(Shape|Size)$/.test(node.opType) && given.every((each) => constant.has(each) || fixed.has(each)));
    const isFixed = given.every((each) => constant.has(each) || fixed.has(each));
    let inferred: readonly (ValueType | undefined)[] = [];
    try {
      inferred = inferNode(
        node,
        (value) => types.get(value),
        () => undefined,
        (value) => numbersIn(value)?.map((element) => (Number.isInteger(element) ? element : null)),
      );
    } catch (error) {
      // Sizes may contradict the graph where others would not.
      if (!EntrgiError.isInstance(error)) throw error;
    }
    visit?.(node, typeOf);
    const bound = boundFromElements(
      node,
      (i) => numbersIn(input(i)),
      dims,
      (i) => constant.has(input(i)),
    );
    if (bound === undefined) {
      throw new InvalidModelError(
        `Node '${node.name}' (${node.opType}): the size of its output follows from constants in a way that is not supported.`,
        { value: node.inputs, cure: 'Store the constant instead.' },
      );
    }
    refuseLarge(`Node '${node.name}' (${node.opType}): its output`, bound, maximum, [bound]);
    const known = numbersAfter({
      node,
      numbers: (i) => (input(i) === '' ? undefined : numbersIn(input(i))),
      dims,
      float: (i) => isFractional(types.get(input(i))?.type),
    });
    for (const [i, output] of node.outputs.entries()) {
      if (output !== '' && known[i] !== undefined) numbers.set(output, known[i]);
    }
    if (node.opType === 'Constant') inferred = [constantType(node)];
    // Of operators without inference, what their elements say: four bytes each, as windows have.
    let made = inferred[0] === undefined ? 4 * bound : 0;
    for (const [i, output] of node.outputs.entries()) {
      if (output === '') continue;
      if (isConstant) constant.add(output);
      const type = inferred[i];
      // A shape that does not follow from shapes may depend on what an input holds.
      if (isFixed && (isConstant || type?.dims?.every((size) => typeof size === 'number'))) fixed.add(output);
      if (type === undefined) continue;
      types.set(output, type);
      refuseLarge(`Node '${node.name}' (${node.opType}): its output`, count(type.dims), maximum, type.dims);
      const bytes = bytesOf(type);
      made += bytes;
      total.largest = Math.max(total.largest, bytes);
      if (isConstant && node.opType !== 'Constant' && kept.has(output)) total.kept += bytes;
    }
    if (!isConstant) continue;
    if (node.opType === 'Constant') total.stored += made;
    else {
      total.computed += made;
      constantWork(
        node,
        given.map((each) => types.get(each)?.dims),
        inferred[0]?.dims,
        hasInference(node),
      );
    }
  }
  return total;
}

export { MAXIMUM_ELEMENTS };

const constantType = ({ attributes }: Node): ValueType | undefined => {
  const [attribute] = Object.values(attributes);
  switch (attribute?.kind) {
    case 'tensor':
      return { type: attribute.value.type, dims: attribute.value.dims };
    case 'int':
      return { type: 'int64', dims: [] };
    case 'float':
      return { type: 'float32', dims: [] };
    case 'ints':
      return { type: 'int64', dims: [attribute.value.length] };
    case 'floats':
      return { type: 'float32', dims: [attribute.value.length] };
    case 'string':
      return { type: 'string', dims: [] };
    case 'strings':
      return { type: 'string', dims: [attribute.value.length] };
    default:
      return undefined;
  }
};

/** Bytes of a value; a string counts as a pointer and its length. */
const bytesOf = ({ type, dims }: ValueType): number =>
  type === 'string' ? 16 * count(dims) : byteSize(type, count(dims));

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

const refuseLarge = (
  what: string,
  elements: number,
  maximum: number,
  shape: readonly Dimension[] | undefined,
) => {
  if (elements <= maximum) return;
  throw new InvalidModelError(
    `${what} of shape [${shape}] has more than 2${maximum === 2 ** 34 ? '³⁴' : '³¹'} elements.`,
    { value: shape },
  );
};
