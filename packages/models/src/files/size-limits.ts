import { CheckpointError } from '@entrgi/core';

/** Bytes of vocabularies: the largest known have some twenty million. */
const VOCABULARY = 256_000_000;

/** Bytes of the text files of a checkpoint that are read, many times what the largest known have. */
const limits: Readonly<Record<string, number>> = {
  // Tens of thousands of labels are one or two million.
  'config.json': 10_000_000,
  'generation_config.json': 1_000_000,
  'special_tokens_map.json': 10_000_000,
  // Tokens may be declared here one by one, and templates be in it.
  'tokenizer_config.json': 64_000_000,
  'added_tokens.json': 64_000_000,
  'tokenizer.json': VOCABULARY,
  'vocab.json': VOCABULARY,
  'merges.txt': VOCABULARY,
  'README.md': 1_000_000,
};

const TEMPLATE = 1_000_000;
/** Nine million are an index of 90,000 tensors. */
const INDEX = 64_000_000;

const limitOf = (file: string): number =>
  limits[file] ??
  (file.endsWith('.jinja') ? TEMPLATE : file.endsWith('.index.json') ? INDEX : Number.POSITIVE_INFINITY);

/**
 * Throws CheckpointError for a text file that is larger than any of its kind: such a file is not worth
 * reading.
 */
export const requireSensibleSize = (file: string, size: number, place: string): void => {
  const limit = limitOf(file);
  if (size <= limit) return;
  throw new CheckpointError(`${place}/${file}: expected at most ${limit} bytes, got ${size}.`, {
    value: size,
    hint: 'No model needs so much of it: the file is damaged, or something else.',
  });
};
