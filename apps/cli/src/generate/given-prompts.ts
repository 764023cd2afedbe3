import type { PromptEntry } from '@entrgi/evaluation/internal';
import type { Context } from '../process/context.js';
import type { GenerateOptions } from './options.js';
import { checkPrompt, decoded, promptsIn, readPrompts } from './read-prompts.js';
import { readStdin, stdinName } from './read-stdin.js';

/** The prompts of a command line: PROMPT, a file of them, or what standard input holds, which `-` and no PROMPT at all stand for. */
export const givenPrompts = async (
  { prompt = '-', prompts }: Pick<GenerateOptions, 'prompt' | 'prompts'>,
  context: Context,
): Promise<PromptEntry[]> => {
  if (prompts === '-') return promptsIn(await readStdin(context, 'prompts, one a line'), stdinName);
  if (prompts !== undefined) return readPrompts(prompts);
  if (prompt !== '-') return [checkPrompt(prompt, 'PROMPT', 'PROMPT')];
  const text = decoded(await readStdin(context, 'the prompt'), stdinName).replace(/\r?\n$/, '');
  return [checkPrompt(text, stdinName, 'PROMPT')];
};
