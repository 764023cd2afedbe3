import type { Dimension, Node, Value, ValueType } from '../model/model.js';
import { readAttribute } from '../model/read-attribute.js';
import { product } from '../values/dimensions.js';
import { type ContentsOf, MAXIMUM_CONTENTS } from './infer.js';
import { shapeSlice } from './shape.js';

type Contents = readonly Dimension[];

interface ContentsRequest {
  readonly node: Node;
  readonly contents: (input: number) => Contents | undefined;
  readonly type: (input: number) => ValueType | undefined;
  readonly int: (name: string, otherwise: number) => number;
}

type ContentsRule = (request: ContentsRequest) => Contents | undefined;

/**
 * The elements of a node's first output where it is an integer tensor of rank ≤ 1 that follows from shapes:
 * exporters compute the shapes of Reshape and Expand by chains of Shape, Gather, Concat and arithmetic.
 * Undefined where nothing follows.
 */
export function inferContents(
  node: Node,
  typeOf: (value: Value) => ValueType | undefined,
  contentsOf: ContentsOf,
): Contents | undefined {
  const rule = rules.get(node.opType);
  if (rule === undefined || node.domain !== '') return undefined;
  const contents = rule({
    node,
    contents: (i) => ((node.inputs[i] ?? '') === '' ? undefined : contentsOf(node.inputs[i]!)),
    type: (i) => ((node.inputs[i] ?? '') === '' ? undefined : typeOf(node.inputs[i]!)),
    int: (name, otherwise) => readAttribute(node, name, 'int') ?? otherwise,
  });
  return contents !== undefined && contents.length <= MAXIMUM_CONTENTS ? contents : undefined;
}

const same: ContentsRule = ({ contents }) => contents(0);

/**
 * Element-wise, with a single element broadcast; what is not a number on both sides is left to `otherwise`.
 */
const arithmetic =
  (
    compute: (a: number, b: number) => number,
    otherwise: (a: Dimension, b: Dimension) => Dimension = () => null,
  ): ContentsRule =>
  ({ contents }) => {
    const [a, b] = [contents(0), contents(1)];
    if (a === undefined || b === undefined) return undefined;
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
    return Array.from(
      { length: a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length) },
      (_, i) => {
        const [left, right] = [a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!];
        if (typeof left !== 'number' || typeof right !== 'number') return otherwise(left, right);
        // Beyond ±2⁵³ a number stands for more than one integer.
        if (!Number.isSafeInteger(left) || !Number.isSafeInteger(right)) return null;
        const result = compute(left, right);
        return Number.isSafeInteger(result) ? result : null;
      },
    );
  };

const rules: ReadonlyMap<string, ContentsRule> = new Map(
  Object.entries<ContentsRule>({
    Identity: same,
    Squeeze: same,
    Unsqueeze: ({ contents, type }) =>
      type(0)?.dims?.length === 0 && contents(1)?.length === 1 ? contents(0) : undefined,
    Reshape: ({ contents }) => {
      const target = contents(1);
      return target !== undefined && target.length <= 1 ? contents(0) : undefined;
    },
    Cast: ({ contents, int }) => (int('to', 0) === 7 || int('to', 0) === 6 ? contents(0) : undefined),
    Shape: ({ type, int }) => {
      const dims = type(0)?.dims;
      return dims && shapeSlice(dims, int('start', 0), int('end', dims.length));
    },
    Gather: ({ contents, type }) => {
      const [data, indices] = [contents(0), contents(1)];
      if (data === undefined || indices === undefined || type(0)?.dims?.length !== 1) return undefined;
      return indices.map((index) => (typeof index === 'number' ? (data.at(index) ?? null) : null));
    },
    Concat: ({ node, contents }) => {
      const parts = node.inputs.map((_, i) => contents(i));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    },
    Slice: ({ contents }) => {
      const data = contents(0);
      const [start, end] = [contents(1)?.[0], contents(2)?.[0]];
      const [axis, step] = [contents(3) ?? [0], contents(4) ?? [1]];
      if (data === undefined || typeof start !== 'number' || typeof end !== 'number') return undefined;
      return axis[0] === 0 && step[0] === 1 ? data.slice(start, end) : undefined;
    },
    Add: arithmetic(
      (a, b) => a + b,
      (a, b) => (a === 0 ? b : b === 0 ? a : null),
    ),
    Sub: arithmetic(
      (a, b) => a - b,
      (a, b) => (b === 0 ? a : null),
    ),
    Mul: arithmetic(
      (a, b) => a * b,
      (a, b) => (isNegative(a) || isNegative(b) ? null : product([a, b])),
    ),
    // Integer division rounds towards zero.
    Div: arithmetic(
      (a, b) => Math.trunc(a / b),
      (a, b) => (b === 1 ? a : null),
    ),
    // Sizes are never negative: a symbol equals no negative number. Anything else about symbols is unknown.
    Equal: arithmetic(
      (a, b) => Number(a === b),
      (a, b) =>
        isNegative(a) !== isNegative(b) && (typeof a === 'string' || typeof b === 'string') ? 0 : null,
    ),
    Where: ({ contents }) => {
      const [condition, a, b] = [contents(0), contents(1), contents(2)];
      if (condition === undefined || a === undefined || b === undefined) return undefined;
      const length = Math.max(condition.length, a.length, b.length);
      const at = (part: Contents, i: number) => part[part.length === 1 ? 0 : i] ?? null;
      return Array.from({ length }, (_, i) => {
        const chosen = at(condition, i);
        return chosen === null ? null : chosen === 1 ? at(a, i) : at(b, i);
      });
    },
    ConstantOfShape: ({ node, contents }) => {
      const shape = contents(0);
      const value = node.attributes.value;
      if (shape?.length !== 1 || typeof shape[0] !== 'number' || shape[0] > MAXIMUM_CONTENTS)
        return undefined;
      if (value?.kind !== 'tensor' || value.value.type !== 'int64') return undefined;
      return Array.from({ length: shape[0] }, () => Number(value.value.data[0]));
    },
  }),
);

const isNegative = (size: Dimension): boolean => typeof size === 'number' && size < 0;
