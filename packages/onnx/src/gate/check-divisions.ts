import { type DataType, InvalidModelError } from '@entrgi/core';
import type { Attribute, Graph, Initializer, Node, Value } from '../model/model.js';
import { isFloat } from '../values/data-types.js';

/**
 * The smallest integer divided by −1 ends the process (SIGFPE); of this size are those that the processor
 * divides.
 */
const wide = new Set(['int32', 'int64']);

/** Sums and products of sizes stay below this, or nothing is said of them. */
const LARGEST = 2 ** 53;
const SIZE = 2 ** 40;

/**
 * Refuses integer divisions in which the smallest number may meet −1: where neither dividend nor divisor is
 * known to be free of negative numbers, and the divisor is no constant without −1. Shapes and what is
 * computed from them divide without harm.
 */
export function checkDivisions(graph: Graph, typeOf: (value: Value) => DataType | undefined): void {
  const isWide = ({ inputs: [dividend = '', divisor = ''] }: Node): boolean => {
    // Both have one type; where neither is known it may be any.
    const type = typeOf(dividend) ?? typeOf(divisor);
    return type === undefined || wide.has(type);
  };
  const risky = new Set(graph.nodes.filter((node) => divides(node) && isWide(node)));
  if (risky.size === 0) return;
  /** Largest element of values that are known to hold no negative one. */
  const bounds = new Map<Value, number>();
  /** Constants without −1. */
  const harmless = new Set<Value>();
  const note = (name: Value, tensor: Initializer): void => {
    const { largest, hasMinusOne } = factsOf(tensor);
    if (largest !== undefined) bounds.set(name, largest);
    if (!hasMinusOne) harmless.add(name);
  };
  for (const [name, tensor] of graph.initializers) note(name, tensor);
  for (const node of graph.nodes) {
    const [dividend = '', divisor = ''] = node.inputs;
    const [output = ''] = node.outputs;
    if (node.opType === 'Constant') {
      const tensor = constantOf(node.attributes);
      if (tensor !== undefined) note(output, tensor);
      continue;
    }
    const isSafe = harmless.has(divisor) || bounds.has(divisor) || bounds.has(dividend);
    if (risky.has(node) && !isSafe) throw refused(node, divisor);
    const bound = boundAfter(node, (value) => bounds.get(value), typeOf);
    if (bound !== undefined && bound <= LARGEST) bounds.set(output, bound);
  }
}

/** Mod divides as well, but for the one that works like C's fmod. */
const divides = ({ opType, domain, attributes: { fmod } }: Node): boolean =>
  domain === '' && (opType === 'Div' || (opType === 'Mod' && !(fmod?.kind === 'int' && fmod.value === 1)));

const refused = (node: Node, divisor: Value) =>
  new InvalidModelError(
    `Node '${node.name}' (${node.opType}): an integer division whose divisor '${divisor}' may be −1 ends the process where it meets the smallest integer.`,
    { value: divisor, hint: 'Divide by a positive constant, or by sizes.' },
  );

const factsOf = ({ type, data }: Initializer): { largest: number | undefined; hasMinusOne: boolean } => {
  if (!wide.has(type) && type !== 'bool') return { largest: undefined, hasMinusOne: false };
  // What lies in another file may be anything.
  if (data === undefined) return { largest: undefined, hasMinusOne: true };
  let [smallest, largest, hasMinusOne] = [0, 0, false];
  for (const element of data as Iterable<number | bigint>) {
    const value = Number(element);
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
    hasMinusOne ||= value === -1;
  }
  return { largest: smallest < 0 || largest > LARGEST ? undefined : largest, hasMinusOne };
};

const constantOf = ({
  value,
  value_int,
  value_ints,
}: Readonly<Record<string, Attribute>>): Initializer | undefined => {
  if (value?.kind === 'tensor') return value.value;
  const list =
    value_int?.kind === 'int'
      ? [value_int.value]
      : value_ints?.kind === 'ints'
        ? value_ints.value
        : undefined;
  return list && { type: 'int64', dims: [list.length], data: BigInt64Array.from(list, BigInt) };
};

const passing = new Set(
  'Identity Gather GatherElements GatherND Slice Squeeze Unsqueeze Reshape Flatten Expand Tile Transpose Trilu ReduceMax ReduceMin'.split(
    ' ',
  ),
);

type BoundOf = (value: Value) => number | undefined;

/**
 * The largest element of a node's first output where its inputs hold no negative number and it does not
 * either.
 */
function boundAfter(
  { opType, domain, inputs, attributes }: Node,
  of: BoundOf,
  typeOf: (value: Value) => DataType | undefined,
): number | undefined {
  if (domain !== '') return undefined;
  const all = (combine: (...bounds: number[]) => number, from = inputs): number | undefined => {
    const known = from.map(of);
    return known.every((bound) => bound !== undefined) ? combine(...(known as number[])) : undefined;
  };
  const largest = (...bounds: number[]) => Math.max(...bounds);
  if (passing.has(opType)) return of(inputs[0]!);
  switch (opType) {
    case 'Shape':
    case 'Size':
    case 'NonZero':
    case 'ArgMax':
    case 'ArgMin':
      return SIZE;
    case 'Cast':
    case 'CastLike':
      // A number with a fraction may become any integer, and has no bound here.
      return isFloat(typeOf(inputs[0]!) ?? 'float32') ? undefined : of(inputs[0]!);
    case 'Equal':
    case 'Less':
    case 'LessOrEqual':
    case 'Greater':
    case 'GreaterOrEqual':
    case 'And':
    case 'Or':
    case 'Not':
      return 1;
    case 'Concat':
    case 'Max':
      return all(largest);
    case 'Where':
      return all(largest, inputs.slice(1));
    case 'Range':
      return all(largest);
    case 'Add':
      return all((a, b) => a! + b!);
    case 'Mul':
      return all((a, b) => a! * b!);
    case 'Div':
    case 'Mod':
      return all((a, b) => Math.max(a!, b!));
    case 'Min':
      return all(largest);
    case 'ConstantOfShape':
      return attributes.value === undefined
        ? undefined
        : factsOf((attributes.value as { value: Initializer }).value).largest;
    default:
      return undefined;
  }
}
