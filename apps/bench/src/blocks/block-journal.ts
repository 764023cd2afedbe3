import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BlockResult, BlockRun } from './run-blocks.js';

/** Results of a file, one a line. */
export const readBlocks = (file: string): BlockResult[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];

/** Adds a result as soon as it is there. */
export const appendBlocks = (file: string, result: BlockResult): void => {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(result)}\n`);
};

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
