import { InvalidArgumentError } from '@entrgi/core';
import { type Example, exampleOf } from './example.js';
import { parseJsonl } from './parse-jsonl.js';

/** A prompt and the words by which an error names it. */
export interface PromptEntry extends Example {
  readonly source: string;
}

/**
 * The prompts in the bytes of a JSONL file, one a line: {"prompt": "…"}, "…", or {"messages": [{"role":
 * "user", "content": "…"}]}; blank lines are none. `file` is what errors call it.
 * @throws InvalidArgumentError naming the line
 */
export const parsePrompts = (bytes: Uint8Array, file: string): PromptEntry[] => {
  const entries = parseJsonl(bytes, file).map(({ source, value }) => ({
    ...exampleOf(value(), source),
    source,
  }));
  if (entries.length > 0) return entries;
  throw new InvalidArgumentError(`${file}: expected at least one prompt, got none.`, {
    value: file,
    hint: 'Write one {"prompt": "…"} a line.',
  });
};
