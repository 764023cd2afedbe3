import { EntrgiError, InvalidModelError } from '@entrgi/core';
import { hasInference, inferenceFrom } from '../inference/infer.js';
import type { Dimension, Graph, Node, Value, ValueType } from '../model/model.js';
import { byteSize } from '../values/data-types.js';
import { constantWork } from './constant-work.js';
import { isFractional, type Numbers, numbersAfter, numbersOf } from './known-numbers.js';
import { boundFromElements, count } from './sizes-from-elements.js';

/** Bytes of a graph's values, and what was found out on the way. */
export interface GraphSizes {
  /** Initializers and Constants. */
  readonly stored: number;
  /** Values computed from those alone: a runtime computes them when it loads the model. */
  readonly computed: number;
  /** The largest single value. */
  readonly largest: number;
  readonly types: ReadonlyMap<Value, ValueType>;
  readonly numbers: ReadonlyMap<Value, Numbers | undefined>;
  /** Values that depend on no input. */
  readonly constant: ReadonlySet<Value>;
  /** Values that are constant or whose shape depends on no free size. */
  readonly fixed: ReadonlySet<Value>;
}

export interface SizesRequest {
  /** What the free sizes of the inputs are taken to be. */
  readonly free: number;
  /** Elements that no value may have more of. */
  readonly maximum: number;
  /** The same graph at other free sizes: what they do not decide is not inferred again. */
  readonly before?: GraphSizes;
}

/** Largest value, in elements. */
const MAXIMUM_ELEMENTS = { asDeclared: 2 ** 31, grown: 2 ** 34 } as const;

/**
 * Infers every shape with the free sizes of the inputs at `free`, and adds up.
 * @throws InvalidModelError for a value above `maximum` elements and for constants that take long to compute;
 *   what contradicts itself at that size is not judged
 */
export function measureSizes(graph: Graph, { free, maximum, before }: SizesRequest): GraphSizes {
  const types = new Map<Value, ValueType>();
  const numbers = new Map<Value, Numbers | undefined>();
  const [constant, fixed] = [new Set<Value>(), new Set<Value>()];
  let [stored, computed, largest] = [0, 0, 0];

  for (const [name, { type, dims }] of graph.inputs) {
    types.set(name, { type, dims: dims?.map((size) => (typeof size === 'number' ? size : free)) });
    if (dims?.every((size) => typeof size === 'number')) fixed.add(name);
    refuseLarge(() => `Input '${name}'`, count(types.get(name)!.dims), maximum, dims);
  }
  for (const [name, tensor] of graph.initializers) {
    const { type, dims } = tensor;
    types.set(name, { type, dims });
    numbers.set(name, numbersOf(tensor));
    constant.add(name);
    fixed.add(name);
    stored += bytesOf({ type, dims });
  }
  // What is asked of the node that the loop below is at.
  let node: Node;
  const input = (i: number) => node.inputs[i] ?? '';
  const dims = (i: number) => types.get(input(i))?.dims;
  const elements = (i: number) => numbers.get(input(i));
  const infer = inferenceFrom(
    (value) => types.get(value),
    (value) => numbers.get(value)?.map((element) => (Number.isInteger(element) ? element : null)),
  );
  const isConstantInput = (i: number) => constant.has(input(i));
  const float = (i: number) => isFractional(types.get(input(i))?.type);
  const what = () => `Node '${node.name}' (${node.opType}): its output`;

  for (node of graph.nodes) {
    const isFixed = node.inputs.every((each) => each === '' || fixed.has(each));
    if (isFixed && before !== undefined) {
      for (const output of node.outputs) {
        if (before.types.has(output)) types.set(output, before.types.get(output)!);
        if (before.numbers.has(output)) numbers.set(output, before.numbers.get(output));
        if (before.constant.has(output)) constant.add(output);
        if (before.fixed.has(output)) fixed.add(output);
      }
      continue;
    }
    const isConstant =
      isFixed && (ofShape.has(node.opType) || node.inputs.every((each) => each === '' || constant.has(each)));
    let inferred: readonly (ValueType | undefined)[] = [];
    try {
      inferred = node.opType === 'Constant' ? [constantType(node)] : infer(node);
    } catch (error) {
      // Sizes may contradict the graph where others would not.
      if (!EntrgiError.isInstance(error)) throw error;
    }
    const bound = boundFromElements(node, elements, dims, isConstantInput);
    if (bound === undefined) {
      throw new InvalidModelError(
        `Node '${node.name}' (${node.opType}): the size of its output follows from constants in a way that is not supported.`,
        { value: node.inputs, hint: 'Store the constant instead.' },
      );
    }
    refuseLarge(what, bound, maximum, [bound]);
    for (const [i, known] of numbersAfter({ node, numbers: elements, dims, float }).entries()) {
      const output = node.outputs[i] ?? '';
      if (output !== '' && known !== undefined) numbers.set(output, known);
    }
    // Of operators without inference, what their elements say: four bytes each, as windows have.
    let made = inferred[0] === undefined ? 4 * bound : 0;
    for (const [i, output] of node.outputs.entries()) {
      if (output === '') continue;
      const type = inferred[i];
      if (isConstant) constant.add(output);
      // A shape that does not follow from shapes may depend on what an input holds.
      if (isConstant || (isFixed && type?.dims?.every((size) => typeof size === 'number'))) fixed.add(output);
      if (type === undefined) continue;
      types.set(output, type);
      refuseLarge(what, count(type.dims), maximum, type.dims);
      const bytes = bytesOf(type);
      made += bytes;
      largest = Math.max(largest, bytes);
    }
    if (!isConstant) continue;
    if (node.opType === 'Constant') stored += made;
    else {
      computed += made;
      const shapes = node.inputs.filter((each) => each !== '').map((each) => types.get(each)?.dims);
      constantWork(node, shapes, inferred[0]?.dims, hasInference(node));
    }
  }
  return { stored, computed, largest, types, numbers, constant, fixed };
}

/** Constants where the shape of what they read is fixed. */
const ofShape: ReadonlySet<string> = new Set(['Shape', 'Size']);

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
export const bytesOf = ({ type, dims }: ValueType): number =>
  type === 'string' ? 16 * count(dims) : byteSize(type, count(dims));

const refuseLarge = (
  what: () => string,
  elements: number,
  maximum: number,
  shape: readonly Dimension[] | undefined,
) => {
  if (elements <= maximum) return;
  throw new InvalidModelError(
    `${what()} of shape [${shape}] has more than 2${maximum === 2 ** 34 ? '³⁴' : '³¹'} elements.`,
    { value: shape },
  );
};
