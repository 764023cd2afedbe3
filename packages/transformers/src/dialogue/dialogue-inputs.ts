import type { Prompt } from '@entrgi/core';
import type { LibraryInputs, LibraryTokenizer } from '../library/contract.js';
import { onlyTurn, promptTurns } from './prompt-turns.js';

/**
 * A prompt and a response as the tokenizer lays them out: in its chat template, or else as a pair of texts.
 */
export const dialogueInputs = (
  tokenizer: LibraryTokenizer,
  prompt: Prompt,
  response: string,
): LibraryInputs =>
  hasTemplate(tokenizer)
    ? tokenizer.apply_chat_template([...promptTurns(prompt), { role: 'assistant', content: response }], {
        add_generation_prompt: false,
        return_dict: true,
      })
    : tokenizer(onlyTurn(prompt), { text_pair: response });

export const hasTemplate = ({ chat_template: template }: LibraryTokenizer): boolean =>
  template !== undefined && template !== null;
