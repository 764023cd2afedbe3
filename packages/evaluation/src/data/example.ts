import { InvalidArgumentError, type Prompt } from '@entrgi/core';

/** One prompt of a data set. */
export interface Example {
  readonly prompt: Prompt;
}

/**
 * The prompt of a record: text, { prompt: "…" } (or `question`) or { messages: […] } that end with a user
 * turn; other fields are left alone. `source` is what errors call it.
 * @throws InvalidArgumentError
 */
export const exampleOf = (record: unknown, source: string): Example => {
  const {
    question,
    prompt = question,
    messages,
  } = isRecord(record) ? record : ({ prompt: record } as Record<string, unknown>);
  if (prompt !== undefined && messages !== undefined) {
    throw invalid(source, '"prompt" or "messages", got both', record);
  }
  const given = prompt ?? messages;
  if (typeof given === 'string') {
    if (given.trim() === '') throw invalid(source, 'some text, got an empty prompt', given);
    return { prompt: given };
  }
  // As datasets of the hub have it: a conversation may stand under either name.
  if (!Array.isArray(given) || given === record) {
    throw invalid(source, `a text or an object with "prompt" or "messages", got ${clipped(record)}`, record);
  }
  if (given.length === 0) throw invalid(source, 'a list of messages, got an empty one', record);
  for (const message of given) {
    if (!isRecord(message) || !roles.includes(message.role) || typeof message.content !== 'string') {
      throw invalid(source, `messages with a role (${roles.join(', ')}) and a content string`, message);
    }
  }
  if (given.at(-1).role !== 'user') throw invalid(source, 'a conversation that ends with a user turn', given);
  if (given.every(({ content }) => content.trim() === '')) {
    throw invalid(source, 'some text, got an empty prompt', given);
  }
  return { prompt: given.map(({ role, content }) => ({ role, content })) };
};

/** As JSON, but for what JSON has not, and not more of it than can be read at a glance. */
export const clipped = (value: unknown): string => {
  const text =
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each)) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const roles: readonly unknown[] = ['system', 'user', 'assistant'];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (source: string, expected: string, value: unknown): InvalidArgumentError =>
  new InvalidArgumentError(`${source}: expected ${expected}.`, { value });
