import type { DataType } from '@entrgi/core';
import type { Dimension, Value } from '@entrgi/onnx';
import { bfloat16Value, countUp, elementCount, float16Value } from '@entrgi/onnx/internal';
import type { RuleRequest } from './rule.js';

type Request = Pick<RuleRequest, 'g' | 'once'>;

const isStatic = (dims: readonly Dimension[] | undefined): dims is readonly number[] =>
  dims?.every((size) => typeof size === 'number') ?? false;

/**
 * The shape of a value as an int64 vector: a constant where it is known, else one Shape node for all values
 * whose sizes have the same names (equal symbols are equal sizes).
 */
export function shapeOf({ g, once }: Request, value: Value): Value {
  const dims = g.knownTypeOf(value)?.dims;
  if (isStatic(dims)) return g.int64s(dims);
  const named = dims?.every((size) => size !== null) ?? false;
  return once(named ? `shape [${dims!.join()}]` : `shape of ${value}`, () => g.Shape(value));
}

/** Sizes of some axes (negative ones count from the end) as an int64 vector. */
export function sizesOf(request: Request, value: Value, axes: readonly number[]): Value {
  const { g } = request;
  const dims = g.knownTypeOf(value)?.dims;
  const sizes = axes.map((axis) => dims?.at(axis));
  if (sizes.every((size) => typeof size === 'number')) return g.int64s(sizes);
  return g.Gather(shapeOf(request, value), g.int64s(axes));
}

/**
 * How many elements lie along some axes (null: all of them), as a scalar of a float type: a constant where it
 * is known.
 */
export function countAlong(
  request: Request,
  value: Value,
  axes: readonly number[] | null,
  type: DataType,
): { readonly known: number | undefined; readonly value: Value } {
  const { g } = request;
  const { dims } = g.typeOf(value);
  const sizes = axes === null ? dims : axes.map((axis) => dims?.at(axis));
  if (sizes?.every((size) => typeof size === 'number')) {
    const known = elementCount(sizes);
    return { known, value: g.scalar(known, type) };
  }
  const shape = shapeOf(request, value);
  const counted = axes === null ? shape : g.Gather(shape, g.int64s(axes));
  return { known: undefined, value: g.ReduceProd(g.Cast(counted, type), null, 0) };
}

const FEW = 1024;

/** 0, 1, 2, … along an axis, as int64. */
export function positionsAlong(request: Request, value: Value, axis: number): Value {
  const { g } = request;
  const size = g.typeOf(value).dims?.at(axis);
  // Few are a constant; many would make the graph as large as its values.
  if (typeof size === 'number' && size <= FEW)
    return g.int64s(Array.from({ length: size }, (_, position) => position));
  const limit = g.Reshape(sizesOf(request, value, [axis]), []);
  return countUp(g, limit);
}

/**
 * `value` with its elements, in order, in a shape that the graph may compute. Nothing in it but sizes: 0 is
 * one.
 */
export function reshapeTo({ g }: Pick<Request, 'g'>, value: Value, shape: Value): Value {
  const sizes = g.contentsOf(shape);
  const filled = sizes?.every((size) => typeof size === 'number' && size > 0) ?? false;
  return g.Reshape(value, shape, { allowzero: !filled });
}

/**
 * `value` with its elements, in order, in the shape of `target`. Of the sizes at most one has to be found at
 * run time where names tell the rest.
 */
export function reshapeLike(request: Request, value: Value, target: Value): Value {
  const { g } = request;
  const to = g.typeOf(target).dims;
  const from = g.typeOf(value).dims;
  if (to !== undefined && !to.includes(0)) {
    // 0 keeps a size of `value`, one −1 takes what is left: not beside a kept size, which may be 0 and leave nothing to tell.
    const sizes = to.map((size, axis) =>
      typeof size === 'number' ? size : size !== null && size === from?.[axis] ? 0 : -1,
    );
    const unknown = sizes.filter((size) => size === -1).length;
    if (unknown === 0 || (unknown === 1 && !sizes.includes(0))) return g.Reshape(value, sizes);
  }
  return reshapeTo(request, value, shapeOf(request, target));
}

/** `value`, of a shape that broadcasts to that of `target`, in that shape. */
export function expandTo(request: Request, value: Value, target: Value): Value {
  const { g } = request;
  // onnxruntime 1.30 takes an Expand that turns sizes of 1 into 0 for one that does nothing; of a scalar it does not.
  const empty = g.knownTypeOf(target)?.dims?.includes(0) ?? false;
  return g.Expand(empty ? g.scalarLike(0, value) : value, shapeOf(request, target));
}

/** A tensor of zeros, of the type and shape of `like`. */
export const zerosLike = (request: Request, like: Value): Value =>
  request.g.Expand(request.g.scalarLike(0, like), shapeOf(request, like));

/**
 * `value` in its own shape, but not before `after` is there: without it the runtime would compute what
 * depends on forward values only early, and hold it for long. `after` has the same shape.
 */
export const delayed = ({ g }: Request, value: Value, after: Value): Value =>
  g.Reshape(value, g.Shape(after));

/** The number of axes; throws where it is unknown. */
export function rankOf({ g, unsupported }: Pick<RuleRequest, 'g' | 'unsupported'>, value: Value): number {
  const { dims } = g.typeOf(value);
  if (dims === undefined) throw unsupported(`the number of axes of '${value}' is unknown`);
  return dims.length;
}

/**
 * The elements of a constant of the graph, as numbers (integers beyond ±2⁵³ rounded); undefined where the
 * value is none.
 */
export function constantOf({ g }: Pick<RuleRequest, 'g'>, value: Value): number[] | undefined {
  const initializer = g.graph.initializers.get(value);
  if (initializer?.data === undefined || initializer.type === 'string') return undefined;
  const { type, data } = initializer;
  const decode = type === 'bfloat16' ? bfloat16Value : type === 'float16' ? float16Value : Number;
  return Array.from(data as ArrayLike<number | bigint>, (element) => decode(Number(element)));
}
