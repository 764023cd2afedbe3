import { InvalidArgumentError, type Prompt } from '@entrgi/core';
import type { PromptEntry } from '@entrgi/evaluation/internal';
import { readSmallFile } from '@entrgi/onnx/node';

/** Reads prompts from a JSONL file, one a line. Throws InvalidArgumentError naming the line. */
export const readPrompts = async (file: string): Promise<PromptEntry[]> =>
  promptsIn(await readSmallFile(file), file);

/** The prompts in the bytes of such a file; `file` is what errors call it. */
export const promptsIn = async (bytes: Uint8Array, file: string): Promise<PromptEntry[]> => {
  // Large, and not needed by most.
  const { parsePrompts } = await import('@entrgi/evaluation/internal');
  return parsePrompts(bytes, file);
};

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

/** UTF-8 as text. */
export const decoded = (bytes: Uint8Array, source: string): string => {
  try {
    // A byte order mark at the start is dropped.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidArgumentError(`${source}: expected UTF-8, got other bytes.`, { cause });
  }
};
