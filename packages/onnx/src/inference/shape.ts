import { type DataType, InvalidModelError } from '@entrgi/core';
import type { Dimension, ValueType } from '../model/model.js';
import { type Dimensions, positiveAxis, product, quotient } from '../values/dimensions.js';
import {
  commonType,
  type InferenceRequest,
  type InferenceRule,
  MAXIMUM_RANK,
  typed,
} from './inference-rule.js';

/** What Shape gives: start and end count from the back where negative, and are clamped. */
export const shapeSlice = (sizes: readonly Dimension[], start: number, end: number): readonly Dimension[] =>
  sizes.slice(start, end);

/** As many unknown sizes as a 1-D input has elements. */
const unknownOf = (dims: Dimensions): Dimensions =>
  typeof dims?.[0] === 'number' && dims[0] <= MAXIMUM_RANK
    ? Array.from({ length: dims[0] }, () => null)
    : undefined;

/** A symbol that stands for itself on both sides cancels: what −1 stands for is the rest. */
function reshaped({ dims, contents, int }: InferenceRequest): Dimensions {
  const target = contents(1);
  const shape = dims(0);
  if (target === undefined) return unknownOf(dims(1));
  const keepZero = int('allowzero', 0) === 0;
  const result: Dimension[] = target.map((size, axis) =>
    size === 0 && keepZero ? (shape?.[axis] ?? null) : size,
  );
  const rest = target.indexOf(-1);
  if (rest < 0) return result;
  result[rest] = shape === undefined ? null : quotient(shape, result.toSpliced(rest, 1));
  return result;
}

function sliced({ node, dims, contents }: InferenceRequest): Dimensions {
  const shape = dims(0);
  if (shape === undefined) return undefined;
  const [starts, ends] = [contents(1), contents(2)];
  const axes = (node.inputs[3] ?? '') === '' ? starts?.map((_, i) => i) : contents(3);
  if (axes === undefined) return shape.map(() => null);
  const result = [...shape];
  for (const [i, given] of axes.entries()) {
    if (typeof given !== 'number') return shape.map(() => null);
    const axis = positiveAxis(given, shape.length);
    const step = (node.inputs[4] ?? '') === '' ? 1 : contents(4)?.[i];
    result[axis] = sliceSize(shape[axis]!, starts?.[i], ends?.[i], step);
  }
  return result;
}

function sliceSize(
  size: Dimension,
  start: Dimension | undefined,
  end: Dimension | undefined,
  step: Dimension | undefined,
): Dimension {
  if (start === 0 && step === 1 && (end === size || (typeof end === 'number' && end >= 2 ** 31 - 1)))
    return size;
  if (start === 0 && step === 1 && typeof end === 'string' && size === null) return null;
  if (
    typeof size !== 'number' ||
    typeof start !== 'number' ||
    typeof end !== 'number' ||
    typeof step !== 'number'
  ) {
    return null;
  }
  if (step === 0) throw new InvalidModelError('A Slice with step 0.', { value: step });
  const clamp = (index: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? index + size : index, low), high);
  const [from, to] =
    step > 0
      ? [clamp(start, 0, size), clamp(end, 0, size)]
      : [clamp(start, 0, size - 1), clamp(end, -1, size - 1)];
  return Math.max(0, Math.ceil((to - from) / step));
}

function concatenated({ node, dims, int }: InferenceRequest): Dimensions {
  const shapes = node.inputs.map((_, i) => dims(i));
  const known = shapes.find((shape) => shape !== undefined);
  if (known === undefined) return undefined;
  const along = positiveAxis(int('axis', 0), known.length);
  const best = (axis: number) => {
    const sizes = shapes.map((shape) => shape?.[axis] ?? null);
    return sizes.find((size) => typeof size === 'number') ?? sizes.find((size) => size !== null) ?? null;
  };
  const total = shapes
    .map((shape) => shape?.[along] ?? null)
    .reduce<Dimension>(
      (sum, size) =>
        sum === 0
          ? size
          : size === 0
            ? sum
            : typeof sum === 'number' && typeof size === 'number'
              ? sum + size
              : null,
      0,
    );
  return known.map((_, axis) => (axis === along ? total : best(axis)));
}

function split(request: InferenceRequest): readonly (ValueType | undefined)[] {
  const { node, type, dims, contents, int } = request;
  const shape = dims(0);
  const element = type(0);
  if (element === undefined) return [];
  const count = node.outputs.length;
  const sizes = (node.inputs[1] ?? '') === '' ? undefined : contents(1);
  return node.outputs.map((_, i) => {
    if (shape === undefined) return { type: element };
    const axis = positiveAxis(int('axis', 0), shape.length);
    const whole = shape[axis]!;
    const even = typeof whole === 'number' ? Math.ceil(whole / count) : null;
    const size =
      (node.inputs[1] ?? '') !== ''
        ? (sizes?.[i] ?? null)
        : even === null
          ? null
          : i < count - 1
            ? even
            : (whole as number) - even * (count - 1);
    return { type: element, dims: shape.with(axis, size) };
  });
}

function unsqueezed({ node, dims, contents, ints }: InferenceRequest): Dimensions {
  const shape = dims(0);
  const listed = (node.inputs[1] ?? '') === '' ? ints('axes') : contents(1);
  if (shape === undefined || listed === undefined) return undefined;
  const rank = shape.length + listed.length;
  const axes = new Set(listed.map((axis) => positiveAxis(axis as number, rank)));
  const rest = shape.values();
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.next().value ?? null)));
}

function squeezed({ node, dims, contents, ints }: InferenceRequest): Dimensions {
  const shape = dims(0);
  const listed = (node.inputs[1] ?? '') === '' ? ints('axes') : contents(1);
  if (shape === undefined) return undefined;
  if (listed === undefined) {
    const known = (node.inputs[1] ?? '') === '' && shape.every((size) => typeof size === 'number');
    return known ? shape.filter((size) => size !== 1) : undefined;
  }
  const axes = new Set(listed.map((axis) => positiveAxis(axis as number, shape.length)));
  return shape.filter((_, axis) => !axes.has(axis));
}

export const shape: Readonly<Record<string, InferenceRule>> = {
  Shape: ({ dims, int }) => {
    const sizes = dims(0);
    return typed('int64', [
      sizes ? shapeSlice(sizes, int('start', 0), int('end', sizes.length)).length : null,
    ]);
  },
  Size: () => typed('int64', []),
  Reshape: (request) => typed(request.type(0), reshaped(request)),
  Flatten: ({ type, dims, int }) => {
    const sizes = dims(0);
    if (sizes === undefined) return typed(type(0), [null, null]);
    const given = int('axis', 1);
    const axis = given < 0 ? given + sizes.length : given;
    return typed(type(0), [product(sizes.slice(0, axis)), product(sizes.slice(axis))]);
  },
  Transpose: ({ type, dims, ints }) => {
    const sizes = dims(0);
    const perm = ints('perm') ?? sizes?.map((_, axis) => axis).reverse();
    return typed(type(0), sizes && perm!.map((axis) => sizes[positiveAxis(axis, sizes.length)]!));
  },
  Squeeze: (request) => typed(request.type(0), squeezed(request)),
  Unsqueeze: (request) => typed(request.type(0), unsqueezed(request)),
  Expand: ({ type, dims, contents }) => {
    const target = contents(1) ?? unknownOf(dims(1));
    const own = dims(0);
    if (target === undefined || own === undefined) return typed(type(0));
    return typed(type(0), expandShape(own, target));
  },
  Tile: ({ type, dims, contents }) => {
    const sizes = dims(0);
    const repeats = contents(1);
    return typed(
      type(0),
      sizes?.map((size, axis) => product([size, repeats?.[axis] ?? null])),
    );
  },
  Concat: (request) => typed(commonType(request), concatenated(request)),
  Split: split,
  Slice: (request) => typed(request.type(0), sliced(request)),
  Pad: ({ node, type, dims, contents }) => {
    const sizes = dims(0);
    const pads = contents(1);
    const axes = (node.inputs[3] ?? '') === '' ? sizes?.map((_, axis) => axis) : contents(3);
    if (sizes === undefined || axes === undefined)
      return typed(
        type(0),
        sizes?.map(() => null),
      );
    const result = [...sizes];
    for (const [i, given] of axes.entries()) {
      const axis = positiveAxis(given as number, sizes.length);
      const [before, after, size] = [pads?.[i], pads?.[i + axes.length], sizes[axis]!];
      if (before === 0 && after === 0) continue;
      const known = typeof before === 'number' && typeof after === 'number' && typeof size === 'number';
      result[axis] = known ? size + before + after : null;
    }
    return typed(type(0), result);
  },
  ConstantOfShape: ({ node, dims, contents }) => {
    const value = node.attributes.value;
    const type: DataType = value?.kind === 'tensor' ? value.value.type : 'float32';
    return typed(type, contents(0) ?? unknownOf(dims(0)));
  },
  Range: ({ type, contents }) => {
    const [start, limit, delta] = [contents(0)?.[0], contents(1)?.[0], contents(2)?.[0]];
    if (start === 0 && delta === 1 && limit !== undefined) return typed(type(0), [limit]);
    const known =
      typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number' && delta !== 0;
    return typed(type(0), [known ? Math.max(0, Math.ceil((limit - start) / delta)) : null]);
  },
};

/** Expand's two-way broadcast; where a size is unknown on one side, the other's says only so much. */
function expandShape(own: readonly Dimension[], target: readonly Dimension[]): Dimensions {
  const rank = Math.max(own.length, target.length);
  return Array.from({ length: rank }, (_, i) => {
    const [a, b] = [own.at(i - rank) ?? undefined, target.at(i - rank) ?? undefined];
    const inOwn = i >= rank - own.length;
    const inTarget = i >= rank - target.length;
    const left: Dimension = inOwn ? (a ?? null) : 1;
    const right: Dimension = inTarget ? (b ?? null) : 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    if (typeof left === 'number') return left;
    return typeof right === 'number' ? right : null;
  });
}
