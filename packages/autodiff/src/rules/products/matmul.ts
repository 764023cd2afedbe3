import { delayedUntil, type Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import { broadcasting, type InputGradient, type RuleRequest } from '../../rule/rule.js';
import { rankOf, reshapeTo, shapeOf } from '../../rule/shapes.js';
import { weightAfter } from '../../rule/weights.js';

/**
 * The last two axes swapped; a Transpose node that has done so is undone. Any other is kept apart by a
 * barrier: a swap alone becomes part of the product, which the two permutations in one, as runtimes make
 * them, would not.
 */
function transposed(request: RuleRequest, value: Value): Value {
  const { g } = request;
  const source = unswapped(request, value);
  if (source !== undefined) return source;
  const rank = rankOf(request, value);
  if (rank < 2) throw request.unsupported(`'${value}' of rank ${rank} is no matrix`);
  const own =
    request.producerOf(value)?.opType === 'Transpose' ? delayedUntil(g, value, request.dy[0]) : value;
  return g.Transpose(own, swap(rank));
}

const swap = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];

/** What a value is the last two axes swapped of; undefined where no Transpose node swapped them. */
function unswapped(request: RuleRequest, value: Value): Value | undefined {
  const producer = request.producerOf(value);
  const perm = producer?.opType === 'Transpose' ? producer.attributes.perm : undefined;
  if (perm?.kind !== 'ints' || perm.value.length < 2) return undefined;
  return swap(perm.value.length).every((axis, i) => axis === perm.value[i])
    ? producer!.inputs[0]!
    : undefined;
}

/** All axes but the last merged: [rows, size]. */
function asMatrix(request: RuleRequest, value: Value): Value {
  const { g, once } = request;
  const { dims } = g.typeOf(value);
  if (dims?.length === 2) return value;
  const size = dims?.at(-1);
  return once(`matrix ${value}`, () =>
    typeof size === 'number' && size > 0
      ? g.Reshape(value, [-1, size])
      : g.node('Flatten', [value], { axis: int(-1) })[0]!,
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
    // One operand is a vector: its gradient sums over every axis that it does not have.
    const flat = (value: Value, rank: number) => g.ReduceSum(value, [...Array(rank - 1).keys()], 0);
    if (rankA === 1 && rankB === 1) return [() => g.Mul(dy, b), () => g.Mul(dy, a)];
    if (rankA === 1) {
      const row = g.Unsqueeze(dy, [-2]);
      return [
        () => flat(g.MatMul(row, transposed(request, b)), rankB),
        () => g.Mul(g.Unsqueeze(a, [-1]), row),
      ];
    }
    const column = g.Unsqueeze(dy, [-1]);
    return [() => g.Mul(column, b), () => flat(g.Mul(column, a), rankA)];
  },
  { trailing: 2 },
);

/**
 * ∂a = dy · bᵀ, ∂b = aᵀ · dy. A matrix b, mostly a weight, is never transposed but multiplied from its other
 * side.
 */
function matrixProduct(request: RuleRequest): InputGradient[] {
  const { g, transposedProduct } = request;
  const [a, b] = request.x;
  const [dy] = request.dy;
  if (rankOf(request, b) > 2) {
    const db = () => {
      if (unswapped(request, b) === undefined) return g.MatMul(transposed(request, a), dy);
      // Swapped so that it cancels with the gradient of the Transpose that made b.
      return g.Transpose(g.MatMul(transposed(request, dy), a), swap(rankOf(request, b)));
    };
    return [() => g.MatMul(dy, transposed(request, b)), db];
  }
  const da = () => {
    const weight = weightAfter(request, b, dy);
    if (transposedProduct === 'FusedMatMul') {
      return g.node('FusedMatMul', [dy, weight], { transB: int(1) }, { domain: 'com.microsoft' })[0]!;
    }
    const product = g.Gemm(asMatrix(request, dy), weight, null, { transB: 1 });
    return rankOf(request, a) === 2 ? product : reshapeTo(request, product, shapeOf(request, a));
  };
  return [da, () => g.Gemm(asMatrix(request, a), asMatrix(request, dy), null, { transA: 1 })];
}

/**
 * y = alpha · A′ · B′ + beta · C, where ′ may transpose: the other operand is transposed on the way, and C
 * sums what it was broadcast along.
 */
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
