import type { Dimension, Initializer, Node } from '../model/model.js';
import { isFloat } from '../values/data-types.js';

/**
 * The elements of a small value as far as they follow from the graph, in order; NaN stands for one that does
 * not.
 */
export type Numbers = readonly number[];

/** Values of more elements are data, not sizes. */
const SMALL = 64;

/** What a rule may ask about one node; inputs are numbered from 0. */
export interface NumbersRequest {
  readonly node: Node;
  readonly numbers: (input: number) => Numbers | undefined;
  readonly dims: (input: number) => readonly Dimension[] | undefined;
  /** Whether an input has a fractional part. */
  readonly float: (input: number) => boolean;
}

type Rule = (request: NumbersRequest) => Numbers | undefined;

/**
 * The elements of a small constant; undefined of a large one, of one that lies in another file, and of what
 * is no number.
 */
export function numbersOf(tensor: Initializer | undefined): Numbers | undefined {
  if (tensor?.data === undefined || tensor.data.length > SMALL) return undefined;
  const { type, data } = tensor;
  if (type === 'string' || type === 'int4' || type === 'uint4') return undefined;
  // Half precision is stored as bits: what is computed from it is not followed.
  if (type === 'float16' || type === 'bfloat16') return Array.from(data, () => Number.NaN);
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

/**
 * The elements of a node's outputs, in order. Numbers are doubles here, whatever their type: what follows are
 * sizes and counts, for which that is enough. Undefined where nothing is known.
 */
export function numbersAfter(request: NumbersRequest): readonly (Numbers | undefined)[] {
  const { node } = request;
  if (node.domain !== '') return [];
  if (node.opType === 'Split') return split(request);
  const result = rules.get(node.opType)?.(request);
  return [result !== undefined && result.length <= SMALL ? result : undefined];
}

const attributeOf = (node: Node, name: string): number | undefined => {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : undefined;
};

const same: Rule = ({ numbers }) => numbers(0);

/** Element by element; of two shapes only equal ones, or a single element, are combined. */
const each =
  (compute: (...x: number[]) => number): Rule =>
  ({ node, numbers, dims }) => {
    const inputs: Numbers[] = [];
    for (let i = 0; i < node.inputs.length; i++) {
      const input = numbers(i);
      if (input === undefined) return undefined;
      inputs.push(input);
    }
    if (inputs.some((input) => input.length === 0)) return [];
    const shapes = new Set(inputs.flatMap((input, i) => (input.length === 1 ? [] : [String(dims(i))])));
    if (shapes.size > 1) return undefined;
    return Array.from({ length: Math.max(...inputs.map((input) => input.length)) }, (_, i) =>
      compute(...inputs.map((input) => input[input.length === 1 ? 0 : i]!)),
    );
  };

const truth = (compute: (a: number, b: number) => boolean): Rule =>
  each((a, b) => (Number.isNaN(a!) || Number.isNaN(b!) ? Number.NaN : Number(compute(a!, b!))));

/** All elements into one, whatever the axes: several results are not followed. */
const reduce =
  (compute: (x: Numbers) => number): Rule =>
  ({ numbers, dims }) => {
    const x = numbers(0);
    return x === undefined || (dims(0)?.length ?? 2) > 1 ? undefined : [compute(x)];
  };

const repeated = (x: Numbers | undefined, length: number | undefined): Numbers | undefined =>
  x?.length === 1 && length !== undefined && length <= SMALL && length >= 0
    ? Array.from({ length }, () => x[0]!)
    : undefined;

/** Products of what may be unknown: a factor of zero decides. */
const times = (sizes: readonly Dimension[]): number =>
  sizes.reduce<number>((product, size) => product * (typeof size === 'number' ? size : Number.NaN), 1);

const rules: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    Constant: ({ node }) => {
      const { value, value_int, value_ints, value_float, value_floats } = node.attributes;
      if (value?.kind === 'tensor') return numbersOf(value.value);
      if (value_int?.kind === 'int') return [value_int.value];
      if (value_float?.kind === 'float') return [value_float.value];
      if (value_ints?.kind === 'ints') return value_ints.value;
      return value_floats?.kind === 'floats' ? value_floats.value : undefined;
    },
    Shape: ({ node, dims }) =>
      dims(0)
        ?.slice(attributeOf(node, 'start') ?? 0, attributeOf(node, 'end'))
        .map((size) => (typeof size === 'number' ? size : Number.NaN)),
    Size: ({ dims }) => {
      const sizes = dims(0);
      return sizes && [times(sizes)];
    },
    Identity: same,
    Squeeze: same,
    Unsqueeze: same,
    Reshape: same,
    Flatten: same,
    Transpose: ({ node, numbers, dims }) => {
      const [x, sizes] = [numbers(0), sizesOf(dims(0))];
      if (x === undefined || sizes === undefined) return undefined;
      const { perm } = node.attributes;
      const axes = perm?.kind === 'ints' ? perm.value : sizes.map((_, axis) => axis).reverse();
      const steps = strides(sizes);
      return taken(
        x,
        axes.map((axis) => sizes[axis]!),
        axes.map((axis) => steps[axis]!),
        0,
      );
    },
    Cast: ({ node, numbers, float }) => {
      const to = attributeOf(node, 'to') ?? 0;
      const whole = float(0) && ![1, 10, 11, 16].includes(to);
      return to === 9
        ? numbers(0)?.map((x) => (Number.isNaN(x) ? x : Number(x !== 0)))
        : numbers(0)?.map((x) => (whole ? Math.trunc(x) : x));
    },
    CastLike: ({ numbers, float }) => numbers(0)?.map((x) => (float(0) && !float(1) ? Math.trunc(x) : x)),
    Gather: ({ numbers, dims }) => {
      const [data, indices] = [numbers(0), numbers(1)];
      if (data === undefined || indices === undefined || dims(0)?.length !== 1) return undefined;
      return indices.map((index) => data.at(index) ?? Number.NaN);
    },
    Concat: ({ node, numbers, dims }) => {
      const parts = node.inputs.map((_, i) =>
        (dims(i)?.length ?? 2) > 1 ? undefined : (numbers(i) ?? unknown(dims(i))),
      );
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    },
    Slice: ({ numbers, dims }) => {
      const [x, sizes, starts, ends] = [numbers(0), sizesOf(dims(0)), numbers(1), numbers(2)];
      if (x === undefined || sizes === undefined || starts === undefined || ends === undefined)
        return undefined;
      const axes = dims(3) === undefined ? starts.map((_, i) => i) : numbers(3);
      const steps = dims(4) === undefined ? starts.map(() => 1) : numbers(4);
      if (![...starts, ...ends, ...(axes ?? [Number.NaN]), ...(steps ?? [0])].every(Number.isFinite))
        return undefined;
      const [kept, moves] = [[...sizes], strides(sizes)];
      let from = 0;
      for (const [i, given] of axes!.entries()) {
        const axis = given < 0 ? given + sizes.length : given;
        const [size, step] = [sizes[axis], steps![i]!];
        if (size === undefined || step === 0) return undefined;
        const clamp = (index: number, low: number, high: number) =>
          Math.min(Math.max(index < 0 ? index + size : index, low), high);
        const start = clamp(starts[i]!, 0, step < 0 ? size - 1 : size);
        const end = clamp(ends[i]!, step < 0 ? -1 : 0, size);
        kept[axis] = Math.max(0, Math.ceil((end - start) / step));
        from += start * moves[axis]!;
        moves[axis]! *= step;
      }
      return taken(x, kept, moves, from);
    },
    Add: each((a, b) => a! + b!),
    Sub: each((a, b) => a! - b!),
    Mul: each((a, b) => a! * b!),
    Div: (request) => {
      const quotient = each((a, b) => a! / b!)(request);
      return request.float(0) ? quotient : quotient?.map((x) => Math.trunc(x));
    },
    Mod: ({ node, ...request }) =>
      each((a, b) => (attributeOf(node, 'fmod') === 1 ? a! % b! : a! - b! * Math.floor(a! / b!)))({
        node,
        ...request,
      }),
    Pow: each((a, b) => a! ** b!),
    Min: each((...x) => Math.min(...x)),
    Max: each((...x) => Math.max(...x)),
    Sum: each((...x) => x.reduce((sum, value) => sum + value, 0)),
    Neg: each((x) => -x!),
    Abs: each((x) => Math.abs(x!)),
    Sign: each((x) => Math.sign(x!)),
    Sqrt: each((x) => Math.sqrt(x!)),
    Reciprocal: each((x) => 1 / x!),
    Exp: each((x) => Math.exp(x!)),
    Log: each((x) => Math.log(x!)),
    Floor: each((x) => Math.floor(x!)),
    Ceil: each((x) => Math.ceil(x!)),
    Round: each((x) => Math.round(x!)),
    Clip: ({ numbers }) => {
      const [x, low = [Number.NEGATIVE_INFINITY], high = [Number.POSITIVE_INFINITY]] = [
        numbers(0),
        numbers(1),
        numbers(2),
      ];
      return x?.map((value) => Math.min(Math.max(value, low[0]!), high[0]!));
    },
    Equal: truth((a, b) => a === b),
    Less: truth((a, b) => a < b),
    LessOrEqual: truth((a, b) => a <= b),
    Greater: truth((a, b) => a > b),
    GreaterOrEqual: truth((a, b) => a >= b),
    And: truth((a, b) => a !== 0 && b !== 0),
    Or: truth((a, b) => a !== 0 || b !== 0),
    Not: each((x) => (Number.isNaN(x!) ? x! : Number(x === 0))),
    Where: each((condition, a, b) => (Number.isNaN(condition!) ? Number.NaN : condition === 1 ? a! : b!)),
    ReduceSum: reduce((x) => x.reduce((sum, value) => sum + value, 0)),
    ReduceProd: reduce((x) => x.reduce((product, value) => product * value, 1)),
    ReduceMax: reduce((x) => Math.max(...x)),
    ReduceMin: reduce((x) => Math.min(...x)),
    ReduceMean: reduce((x) => x.reduce((sum, value) => sum + value, 0) / x.length),
    ConstantOfShape: ({ node, numbers }) => {
      const { value } = node.attributes;
      return repeated(
        value?.kind === 'tensor' ? numbersOf(value.value) : [0],
        times(numbers(0) ?? [Number.NaN]),
      );
    },
    Expand: ({ numbers, dims }) =>
      (dims(0)?.length ?? 2) > 1 ? undefined : repeated(numbers(0), times(numbers(1) ?? [Number.NaN])),
    Tile: ({ numbers, dims }) => {
      const [x, repeats] = [numbers(0), numbers(1)?.[0]];
      if (x === undefined || repeats === undefined || !(repeats * x.length <= SMALL) || dims(0)?.length !== 1)
        return undefined;
      return Array.from({ length: repeats }, () => x).flat();
    },
    Range: ({ numbers }) => {
      const [start, limit, delta] = [numbers(0)?.[0], numbers(1)?.[0], numbers(2)?.[0]] as const;
      const length = Math.max(0, Math.ceil((limit! - start!) / delta!));
      return length <= SMALL ? Array.from({ length }, (_, i) => start! + i * delta!) : undefined;
    },
  }),
);

/** Along a single axis. */
function split({ node, numbers, dims }: NumbersRequest): readonly (Numbers | undefined)[] {
  const x = numbers(0);
  if (x === undefined || dims(0)?.length !== 1) return [];
  const even = Math.ceil(x.length / node.outputs.length);
  const lengths = dims(1) === undefined ? node.outputs.map(() => even) : numbers(1);
  if (lengths?.every(Number.isFinite) !== true) return [];
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return x.slice(start - length, start);
  });
}

/** Sizes that are all known. */
const sizesOf = (dims: readonly Dimension[] | undefined): readonly number[] | undefined =>
  dims?.every((size) => typeof size === 'number') ? dims : undefined;

/** How many elements lie between neighbors along each axis. */
const strides = (sizes: readonly number[]): number[] =>
  sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));

/** Elements of `x` in the order of an array of other sizes, `moves` apart along its axes. */
const taken = (
  x: Numbers,
  sizes: readonly number[],
  moves: readonly number[],
  from: number,
): Numbers | undefined => {
  let places = [from];
  for (const [axis, size] of sizes.entries()) {
    if (places.length * size > SMALL) return undefined;
    places = places.flatMap((place) => Array.from({ length: size }, (_, i) => place + i * moves[axis]!));
  }
  return places.map((place) => x[place] ?? Number.NaN);
};

/** As many unknown elements as a value of rank ≤ 1 has. */
function unknown(dims: readonly Dimension[] | undefined): Numbers | undefined {
  const length = dims?.length === 0 ? 1 : dims?.[0];
  return (dims?.length ?? 2) <= 1 && typeof length === 'number' && length <= SMALL
    ? Array.from({ length }, () => Number.NaN)
    : undefined;
}

export const isFractional = (type: Parameters<typeof isFloat>[0] | undefined): boolean =>
  type !== undefined && isFloat(type);
