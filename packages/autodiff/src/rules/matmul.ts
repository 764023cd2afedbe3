import { int, type Value } from '@entrgi/onnx';
import { broadcasting, type InputGradient, type RuleRequest } from '../rule.js';
import { rankOf, shapeOf } from '../shapes.js';
import { weightAfter } from '../weights.js';

/** The last two axes swapped; what a Transpose node made is taken from before it where the two cancel. */
function transposed(request: RuleRequest, value: Value): Value {
  const { g, producerOf } = request;
  const rank = rankOf(request, value);
  const swap = Array.from({ length: rank }, (_, axis) => axis);
  [swap[rank - 2], swap[rank - 1]] = [rank - 1, rank - 2];
  const producer = producerOf(value);
  const perm = producer?.opType === 'Transpose' ? producer.attributes.perm : undefined;
  if (perm?.kind === 'ints') {
    const composed = swap.map((axis) => perm.value[axis]!);
    const source = producer!.inputs[0]!;
    return composed.every((axis, i) => axis === i) ? source : g.Transpose(source, composed);
  }
  return g.Transpose(value, swap);
}

/** All axes but the last merged: [rows, size]. */
function asMatrix(request: RuleRequest, value: Value): Value {
  const { g, once } = request;
  const dims = g.typeOf(value).dims!;
  if (dims.length === 2) return value;
  const size = dims.at(-1);
  const last = typeof size === 'number' && size > 0 ? size : undefined;
  return once(`matrix ${value}`, () =>
    g.Reshape(
      value,
      last === undefined
        ? g.Concat([g.int64s([-1]), g.Gather(shapeOf(request, value), g.int64s([-1]))], 0)
        : [-1, last],
    ),
  );
}

/** y = a · b. Vectors become matrices first, as the operator has it; the rest is `matrixProduct`. */
export const MatMul = broadcasting(
  (request) => {
    const { g } = request;
    const [a, b] = request.x;
    const [dy] = request.dy;
    const [rankA, rankB] = [rankOf(request, a), rankOf(request, b)];
    if (rankA > 1 && rankB > 1) return matrixProduct(request);
    // One operand is a vector v: its gradient sums over every axis of dy that it does not have.
    const flat = (value: Value, v: Value) =>
      g.ReduceSum(g.Reshape(value, g.Concat([g.int64s([-1]), shapeOf(request, v)], 0)), [0], 0);
    if (rankA === 1 && rankB === 1) return [() => g.Mul(dy, b), () => g.Mul(dy, a)];
    if (rankA === 1) {
      const row = g.Unsqueeze(dy, [-2]);
      return [() => flat(g.MatMul(row, transposed(request, b)), a), () => g.Mul(g.Unsqueeze(a, [-1]), row)];
    }
    const column = g.Unsqueeze(dy, [-1]);
    return [() => g.Mul(column, b), () => flat(g.Mul(column, a), b)];
  },
  { trailing: 2 },
);

/** ∂a = dy · bᵀ, ∂b = aᵀ · dy. A matrix b, mostly a weight, is never transposed but multiplied from its other side. */
function matrixProduct(request: RuleRequest): InputGradient[] {
  const { g, transposedProduct } = request;
  const [a, b] = request.x;
  const [dy] = request.dy;
  if (rankOf(request, b) > 2) {
    return [() => g.MatMul(dy, transposed(request, b)), () => g.MatMul(transposed(request, a), dy)];
  }
  const da = () => {
    const weight = weightAfter(request, b, dy);
    if (transposedProduct === 'FusedMatMul') {
      return g.node('FusedMatMul', [dy, weight], { transB: int(1) }, { domain: 'com.microsoft' })[0]!;
    }
    const product = g.Gemm(asMatrix(request, dy), weight, null, { transB: 1 });
    return rankOf(request, a) === 2 ? product : g.Reshape(product, shapeOf(request, a));
  };
  return [da, () => g.Gemm(asMatrix(request, a), asMatrix(request, dy), null, { transA: 1 })];
}

/** y = alpha · A′ · B′ + beta · C, where ′ may transpose: the other operand is transposed on the way, and C sums what it was broadcast along. */
export const Gemm = broadcasting(
  (request) => {
    const { g, attrs } = request;
    const [a, b] = request.x;
    const [dy] = request.dy;
    const alpha = attrs.float('alpha', 1);
    const beta = attrs.float('beta', 1);
    const [transA, transB] = [attrs.int('transA', 0), attrs.int('transB', 0)];
    const weight = () => weightAfter(request, b, dy);
    const da = () =>
      transA === 1
        ? g.Gemm(weight(), dy, null, { alpha, transA: transB === 1 ? 1 : 0, transB: 1 })
        : g.Gemm(dy, weight(), null, { alpha, transB: transB === 1 ? 0 : 1 });
    const db = () =>
      transB === 1
        ? g.Gemm(dy, a, null, { alpha, transA: 1, transB: transA === 1 ? 1 : 0 })
        : g.Gemm(a, dy, null, { alpha, transA: transA === 1 ? 0 : 1 });
    const dc = beta === 1 ? dy : () => g.Mul(dy, g.scalarLike(beta, dy));
    return [da, db, dc];
  },
  { inputs: [2] },
);
