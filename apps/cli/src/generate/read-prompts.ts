import { type ChatMessage, InvalidArgumentError, type Prompt } from '@entrgi/core';
import { strictJson } from '@entrgi/models/internal';
import { readSmallFile } from './read-small-file.js';

/** A prompt and the words by which an error names it. */
export interface PromptEntry {
  readonly prompt: Prompt;
  readonly source: string;
}

/**
 * Reads prompts from a JSONL file, one a line: {"prompt": "…"}, "…", or {"messages": [{"role": "user", "content": "…"}]}.
 * Blank lines are skipped. Throws InvalidArgumentError naming the line.
 */
export const readPrompts = async (file: string): Promise<PromptEntry[]> =>
  parsePrompts(await readSmallFile(file), file);

/** The prompts in the bytes of such a file; `file` is what errors call it. */
export const parsePrompts = (bytes: Uint8Array, file: string): PromptEntry[] => {
  const entries = linesOf(bytes).flatMap((line, i) => promptsOfLine(line, `${file}, line ${i + 1}`));
  if (entries.length === 0) {
    throw new InvalidArgumentError(`${file}: expected at least one prompt, got none.`, {
      value: file,
      hint: 'Write one {"prompt": "…"} a line.',
    });
  }
  return entries;
};

/** Cut before they are decoded, so that an error can name the line. */
const linesOf = (bytes: Uint8Array): Uint8Array[] => {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...lines, bytes.subarray(start)];
};

const NEWLINE = 10;

/** Refuses a prompt without text; `argument` is what of the command line has it. */
export const checkPrompt = (prompt: Prompt, source: string, argument?: string): PromptEntry => {
  const text = typeof prompt === 'string' ? prompt : prompt.map(({ content }) => content).join('');
  if (text.trim() === '') {
    throw new InvalidArgumentError(`${source}: expected some text, got an empty prompt.`, {
      value: prompt,
      argument,
    });
  }
  return { prompt, source };
};

/** What a prompt looks like in one line of text. */
export const promptText = (prompt: Prompt): string =>
  typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');

const promptsOfLine = (bytes: Uint8Array, source: string): PromptEntry[] => {
  const line = decoded(bytes, source);
  return line.trim() === '' ? [] : [promptOfLine(line, source)];
};

/** UTF-8 as text. */
export const decoded = (bytes: Uint8Array, source: string): string => {
  try {
    // A byte order mark at the start is dropped.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidArgumentError(`${source}: expected UTF-8, got other bytes.`, { cause });
  }
};

const promptOfLine = (line: string, source: string): PromptEntry => {
  let value: unknown;
  try {
    value = strictJson(line);
  } catch (cause) {
    throw new InvalidArgumentError(
      `${source}: expected JSON, got ${JSON.stringify(clip(line))} (${(cause as Error).message}).`,
      { value: line, hint: 'Write one {"prompt": "…"} a line.', cause },
    );
  }
  const { prompt = undefined, messages = undefined } = isRecord(value) ? value : { prompt: value };
  if (prompt !== undefined && messages !== undefined) {
    throw invalid(source, '"prompt" or "messages", got both', value);
  }
  if (typeof prompt === 'string') return checkPrompt(prompt, source);
  if (prompt !== undefined || messages === undefined) {
    throw invalid(source, `a string or an object with "prompt" or "messages", got ${clip(line)}`, value);
  }
  return checkPrompt(conversation(messages, source), source);
};

const conversation = (messages: unknown, source: string): ChatMessage[] => {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid(source, 'a list of messages', messages);
  }
  for (const message of messages) {
    if (!isRecord(message) || !roles.includes(message.role) || typeof message.content !== 'string') {
      throw invalid(source, `messages with a role (${roles.join(', ')}) and a content string`, message);
    }
  }
  if (messages.at(-1).role !== 'user')
    throw invalid(source, 'a conversation that ends with a user turn', messages);
  return messages;
};

const roles: readonly unknown[] = ['system', 'user', 'assistant'] satisfies ChatMessage['role'][];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const invalid = (source: string, expected: string, value: unknown): InvalidArgumentError =>
  new InvalidArgumentError(`${source}: expected ${expected}.`, { value });
