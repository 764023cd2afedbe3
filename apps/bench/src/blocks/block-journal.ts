import type { BlockResult, BlockRun } from './run-blocks.js';

const compared = ['row', 'dtype', 'int8Activations', 'threads', 'promptLength', 'length', 'commits'] as const;

/** The result of the same run, where there is one. */
export const resultOf = (
  results: readonly BlockResult[],
  run: BlockRun,
  layers: number,
): BlockResult | undefined =>
  results.findLast(
    (result) => result.layers === layers && compared.every((name) => result[name] === run[name]),
  );
