import { InvalidArgumentError, type Prompt } from '@entrgi/core';
import { exampleOf } from '../data/example.js';

/** A response to a prompt, and perhaps another one to compare it with. */
export interface ResponsePair {
  readonly prompt: Prompt;
  readonly response: string;
  readonly rival?: string | undefined;
}

/**
 * The pair in a record { prompt, response, rival? }.
 * @throws InvalidArgumentError; `source` is what it calls the record
 */
export const pairOf = (record: unknown, source: string): ResponsePair => {
  const { prompt } = exampleOf(record, source);
  const { response, rival } = record as { readonly response?: unknown; readonly rival?: unknown };
  for (const [name, value] of Object.entries({ response, ...(rival === undefined ? {} : { rival }) })) {
    if (typeof value === 'string') continue;
    throw new InvalidArgumentError(`${source}: expected a text "${name}", got ${JSON.stringify(value)}.`, {
      value: record,
      hint: 'Write one {"prompt": "…", "response": "…"} a line.',
    });
  }
  return { prompt, response: response as string, ...(rival === undefined ? {} : { rival: rival as string }) };
};
