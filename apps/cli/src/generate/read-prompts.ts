import { readFile } from 'node:fs/promises';
import { type ChatMessage, InvalidArgumentError, type Prompt } from '@entrgi/core';

/** A prompt and the words by which an error names it. */
export interface PromptEntry {
  readonly prompt: Prompt;
  readonly source: string;
}

/**
 * Reads prompts from a JSONL file, one a line: {"prompt": "…"}, "…", or {"messages": [{"role": "user", "content": "…"}]}.
 * Blank lines are skipped. Throws InvalidArgumentError naming the line.
 */
export const readPrompts = async (file: string): Promise<PromptEntry[]> => {
  const lines = (await readFile(file, 'utf8')).replace(/^\ufeff/, '').split(/\r?\n/);
  const entries = lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [promptOfLine(line, `${file}, line ${i + 1}`)],
  );
  if (entries.length === 0) {
    throw new InvalidArgumentError(`${file}: expected at least one prompt, got none.`, {
      value: file,
      cure: 'Write one {"prompt": "…"} a line.',
    });
  }
  return entries;
};

/** Refuses a prompt without text. */
export const checkPrompt = (prompt: Prompt, source: string): PromptEntry => {
  const text = typeof prompt === 'string' ? prompt : prompt.map(({ content }) => content).join('');
  if (text.trim() === '') {
    throw new InvalidArgumentError(`${source}: expected some text, got an empty prompt.`, { value: prompt });
  }
  return { prompt, source };
};

/** What a prompt looks like in one line of text. */
export const promptText = (prompt: Prompt): string =>
  typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');

const promptOfLine = (line: string, source: string): PromptEntry => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new InvalidArgumentError(`${source}: expected JSON, got ${JSON.stringify(clip(line))}.`, {
      value: line,
      cure: 'Write one {"prompt": "…"} a line.',
      cause,
    });
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
