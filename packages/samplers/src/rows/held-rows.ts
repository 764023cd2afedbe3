import { type DrawnRows, InvalidArgumentError } from '@entrgi/core';
import type { TrajectoryRows } from './trajectory-rows.js';

/** A trajectory's rows, from `firstRow` on, of which tokens and numbers came from a device. */
export const heldRows = (drawn: DrawnRows, firstRow: number): TrajectoryRows => {
  const at = (numbers: ArrayLike<number>) => (row: number) => numbers[firstRow + row]!;
  const absent = (what: string) => (): never => {
    throw new InvalidArgumentError(`order: expected none that reads ${what}, as it says readsRows: false.`, {
      value: what,
      hint: 'Leave readsRows out.',
    });
  };
  return {
    draw: at(drawn.tokenIds),
    // Of the whole vocabulary, each token stands at the place of its id.
    tokenAt: (_, place) => place,
    initialEntropy: at(drawn.initialEntropies),
    optimizedEntropy: at(drawn.optimizedEntropies),
    filteredEntropy: at(drawn.filteredEntropies),
    probability: at(drawn.probabilities),
    margin: at(drawn.margins),
    logit: at(drawn.logits),
    logSumExp: at(drawn.logSumExps),
    probs: absent('probs'),
    logits: absent('logits'),
    isSure: () => false,
    logRatio: () => 0,
  };
};
