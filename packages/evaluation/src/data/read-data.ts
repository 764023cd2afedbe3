import { extname } from 'node:path';
import { type EntrgiError, InvalidArgumentError, NotFoundError } from '@entrgi/core';
import { readSmallFile } from '@entrgi/onnx/node';
import { openings } from 'entrgi';
import { type Example, exampleOf } from './example.js';
import { fetchHubData, hubDataOf } from './hub-data.js';
import { parseCsv } from './parse-csv.js';
import { parseJson } from './parse-json.js';
import { type DataRecord, parseJsonl } from './parse-jsonl.js';
import { parseParquet } from './parse-parquet.js';

/** How much of a file of prompts is read, and what happens to records without one. */
export interface ReadDataOptions {
  /** At most so many prompts, from the beginning. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of a record without a prompt, which is then left out.
   * @default it is thrown
   */
  readonly onMalformed?: ((error: EntrgiError) => void) | undefined;
}

/**
 * The prompts of a data set: a file by its extension (.jsonl, .ndjson, .json; .csv, .tsv; .parquet),
 * `openings`, the story openings of the embedded models, or one of the hub: `reward-bench-2`, `judgebench` or
 * `rm-bench`, or owner/name, owner/name:split or owner/name:config/split.
 * @throws what fetching one throws, NotFoundError, and InvalidArgumentError naming the line of what is
 *   malformed or where there is no prompt at all
 */
export const readData = async (name: string, options: ReadDataOptions = {}): Promise<Example[]> => {
  const { limit = Number.POSITIVE_INFINITY, onMalformed } = options;
  const examples: Example[] = [];
  for (const { source, value } of await recordsOf(name, options.signal)) {
    if (examples.length >= limit) break;
    try {
      examples.push(exampleOf(value(), source));
    } catch (error) {
      if (!isMalformed(error)) throw error;
      if (onMalformed === undefined) {
        error.message += ' onMalformed (--skip-malformed) leaves such records out.';
        throw error;
      }
      onMalformed(error);
    }
  }
  if (examples.length > 0) return examples;
  throw new InvalidArgumentError(`${name}: expected at least one prompt, got none.`, {
    value: name,
    hint: 'Write one {"prompt": "…"} a line.',
  });
};

const isMalformed = (error: unknown): error is EntrgiError => InvalidArgumentError.isInstance(error);

const recordsOf = async (name: string, signal: AbortSignal | undefined): Promise<DataRecord[]> => {
  if (name === 'openings') {
    return openings.map((opening) => ({ source: name, value: () => `Complete this story: ${opening}` }));
  }
  // What exists on disk is a file, whatever it is called.
  const onHub = hubDataOf(name);
  const bytes = await readSmallFile(name).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    if (onHub !== undefined) return undefined;
    throw new NotFoundError(`${name}: no such file, and no data set of that name.`, {
      value: name,
      hint: 'Check the path, or take `openings`.',
      cause,
    });
  });
  if (bytes === undefined) {
    const files = await fetchHubData(onHub!, signal);
    // Of several, an error says which it is about.
    const called = (i: number) => (files.length === 1 ? name : `${name}, file ${i + 1}`);
    return (await Promise.all(files.map((file, i) => parseParquet(file, called(i))))).flat();
  }
  switch (extname(name).toLowerCase()) {
    case '.csv':
      return parseCsv(bytes, name, ',');
    case '.tsv':
      return parseCsv(bytes, name, '\t');
    case '.parquet':
      return parseParquet(bytes, name);
    case '.json':
      return parseJson(bytes, name);
    default:
      return parseJsonl(bytes, name);
  }
};
