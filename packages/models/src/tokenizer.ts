import type { Prompt, Vocabulary } from '@entrgi/core';

/** Text to token ids and back, as one model was trained to read it. */
export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** Token ids of text as text: what looks like a special token in it is encoded letter by letter. */
  encodeText(text: string): Int32Array;
  /** The prompt in the chat template, up to where the response begins. */
  encodePrompt(prompt: Prompt): Int32Array;
  /** What the template puts before and after the response to the prompt. */
  around(prompt: Prompt): { prefix: Int32Array; suffix: Int32Array };
  /** The text of a response: special tokens dropped, cut at the first token that ends a response. */
  decode(ids: ArrayLike<number>): string;
}
