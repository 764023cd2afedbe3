import { InvalidModelError } from '@entrgi/core';
import { broadcast, broadcastDimension, type Dimensions } from '../model/dimensions.js';
import type { Dimension } from '../model/model.js';
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

/** Sizes of the output letters of an Einsum; an ellipsis stands for as many axes as are left. */
function einsumShape(equation: string, shapes: readonly Dimensions[]): Dimensions {
  const [inputs = '', output] = equation.replaceAll(' ', '').split('->');
  const sizes = new Map<string, Dimension>();
  let ellipsis: Dimensions = [];
  const terms = inputs.split(',');
  for (const [i, term] of terms.entries()) {
    const shape = shapes[i];
    if (shape === undefined) return undefined;
    const [head = '', tail = ''] = term.split('...');
    const rest = shape.length - head.length - tail.length;
    if (rest < 0 || (rest > 0 && !term.includes('...'))) return undefined;
    if (term.includes('...')) ellipsis = broadcast(ellipsis, shape.slice(head.length, head.length + rest));
    const letters = [...head, ...tail];
    const own = [...shape.slice(0, head.length), ...shape.slice(shape.length - tail.length)];
    for (const [axis, letter] of letters.entries()) {
      sizes.set(letter, broadcastDimension(sizes.get(letter) ?? 1, own[axis]!));
    }
  }
  // Without an arrow: the letters that occur once, in alphabetical order.
  const once = [...sizes.keys()].filter((letter) => terms.join('').split(letter).length === 2).sort();
  const result = output ?? `${inputs.includes('...') ? '...' : ''}${once.join('')}`;
  const [head = '', tail = ''] = result.split('...');
  const sized = (letters: string) => [...letters].map((letter) => sizes.get(letter) ?? null);
  return [...sized(head), ...(result.includes('...') ? (ellipsis ?? []) : []), ...sized(tail)];
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
