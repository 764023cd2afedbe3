import { NumericalError, type Order, type OrderRequest } from '@entrgi/core';

/**
 * The order that commits the most confident rows, of equal ones the lower; with a temperature, rows drawn
 * from softmax(confidence / temperature) without replacement. Postponed rows come last. A confidence that
 * never asks for `probs` or `logits` says `readsRows: false`, so that those may stay on a device.
 * @throws NumericalError for a confidence that is no number
 */
export const byConfidence = (
  confidence: (request: OrderRequest, row: number) => number,
  { readsRows }: { readonly readsRows?: false } = {},
): Order & {
  readonly blind?: false;
  readonly confidence: (request: OrderRequest, row: number) => number;
} => {
  const order = (request: OrderRequest): Int32Array => {
    const { rows, count, postponed, confidences, temperature, random } = request;
    const scores = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      // Taking the largest of confidence / T + Gumbel noise is drawing from the softmax without replacement. One number a row, used or not.
      const noise = temperature > 0 ? -Math.log(-Math.log1p(-random.uniform())) : 0;
      if (postponed[row] === 1) {
        scores[row] = Number.NEGATIVE_INFINITY;
        continue;
      }
      const score = confidences === undefined ? confidence(request, row) : confidences[row]!;
      if (typeof score !== 'number' || Number.isNaN(score)) {
        throw new NumericalError(`order: expected a confidence for row ${row}, got ${score}.`, {
          value: score,
        });
      }
      scores[row] = temperature > 0 ? score / temperature + noise : score;
    }
    return Int32Array.from(scores.keys())
      .sort((a, b) => (scores[a] === scores[b] ? a - b : scores[b]! - scores[a]!))
      .slice(0, count);
  };
  return Object.assign(order, { confidence, ...(readsRows === undefined ? {} : { readsRows }) });
};
