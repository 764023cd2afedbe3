import type { Prompt } from '@entrgi/core';
import type { EncodedText, ResponseSlot } from '../contracts/tokenizer.js';

/** How a model wants a prompt and its response to be laid out, as token ids. */
export interface PromptFormat {
  prompt(prompt: Prompt): Int32Array;
  dialogue(prompt: Prompt, response: string): EncodedText;
  responseSlot(prompt: Prompt): ResponseSlot;
  /** The token that the format puts behind a response, where it is a special one. */
  readonly closingId?: number | undefined;
}
