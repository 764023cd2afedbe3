import { InvalidModelError } from '@entrgi/core';
import type { Dimension } from '../model/model.js';
import { broadcast, broadcastDimension, type Dimensions } from '../values/dimensions.js';
import { parseEquation } from './einsum-equation.js';
import { commonType, type InferenceRule, typed } from './inference-rule.js';

const swapLast = (dims: readonly Dimension[]): readonly Dimension[] =>
  dims.length < 2 ? dims : [...dims.slice(0, -2), dims.at(-1)!, dims.at(-2)!];

/** NumPy's matmul: 1-D operands get an axis of size 1 that the result loses again. */
function productShape(a: Dimensions, b: Dimensions): Dimensions {
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const [inner, other] = [left.at(-1)!, right.at(-2)!];
  if (typeof inner === 'number' && typeof other === 'number' && inner !== other) {
    throw new InvalidModelError(`Matrices of shapes [${a}] and [${b}] do not multiply.`, { value: [a, b] });
  }
  const result = [...broadcast(left.slice(0, -2), right.slice(0, -2))!];
  if (a.length > 1) result.push(left.at(-2)!);
  if (b.length > 1) result.push(right.at(-1)!);
  return result;
}

/**
 * Sizes of the result's letters, each broadcast over the operands that have it; undefined where a term does
 * not fit its operand.
 */
function einsumShape(equation: string, shapes: readonly Dimensions[]): Dimensions {
  if (shapes.some((shape) => shape === undefined)) return undefined;
  const known = shapes as readonly (readonly Dimension[])[];
  const { terms, result } = parseEquation(
    equation,
    known.map(({ length }) => length),
  );
  const sizes = new Map<string, Dimension>();
  for (const [i, term] of terms.entries()) {
    const shape = known[i];
    if (shape === undefined || shape.length !== term.length) return undefined;
    for (const [axis, letter] of [...term].entries()) {
      sizes.set(letter, broadcastDimension(sizes.get(letter) ?? 1, shape[axis]!));
    }
  }
  return [...result].map((letter) => sizes.get(letter) ?? null);
}

export const matrix: Readonly<Record<string, InferenceRule>> = {
  MatMul: (request) => typed(commonType(request), productShape(request.dims(0), request.dims(1))),
  FusedMatMul: ({ type, dims, int }) => {
    if (int('transBatchA', 0) || int('transBatchB', 0)) return typed(type(0));
    const [a, b] = [dims(0), dims(1)];
    const left = a && int('transA', 0) ? swapLast(a) : a;
    const right = b && int('transB', 0) ? swapLast(b) : b;
    return typed(type(0), productShape(left, right));
  },
  Gemm: (request) => {
    const { dims, int } = request;
    const [a, b] = [dims(0), dims(1)];
    const left = a && int('transA', 0) ? swapLast(a) : a;
    const right = b && int('transB', 0) ? swapLast(b) : b;
    const shape = productShape(left, right);
    return typed(commonType(request), shape ?? [left?.[0] ?? null, right?.[1] ?? null]);
  },
  Einsum: (request) => {
    const shapes = request.node.inputs.map((_, i) => request.dims(i));
    return typed(commonType(request), einsumShape(request.string('equation', ''), shapes));
  },
  MatMulNBits: ({ type, dims, int }) => {
    const a = dims(0);
    return typed(type(0), a && [...a.slice(0, -1), int('N', 0)]);
  },
  MatMulInteger: ({ dims }) => typed('int32', productShape(dims(0), dims(1))),
};
