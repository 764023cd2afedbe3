import type { Prompt, Vocabulary } from '@entrgi/core';

/** Token ids of a whole text, and the type (segment) of each. */
export interface EncodedText {
  readonly ids: Int32Array;
  readonly types: Int32Array;
}

/** What stands around a response, whatever the response is. */
export interface ResponseSlot {
  readonly prefix: Int32Array;
  readonly suffix: Int32Array;
  /** The type (segment) of each of those tokens, and of the response's. */
  readonly types: { readonly prefix: Int32Array; readonly response: number; readonly suffix: Int32Array };
}

/** Text to token ids and back, as one model was trained to read it. */
export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** Token ids of text as text: what looks like a special token in it is encoded letter by letter. */
  encodeText(text: string): Int32Array;
  /** The prompt in the chat template, up to where the response begins. */
  encodePrompt(prompt: Prompt): Int32Array;
  /**
   * The prompt and the response to it, laid out and encoded as one, as transformers does with a finished
   * conversation.
   */
  encodeDialogue(prompt: Prompt, response: string): EncodedText;
  /**
   * What stands before and after a response to the prompt that is still to be written. Where a tokenizer
   * merges what the template writes with the first or last word of the response (a blank, mostly), that is
   * left to the response.
   * @throws UnsupportedError where the chat template does more with a response than to put it somewhere
   */
  responseSlot(prompt: Prompt): ResponseSlot;
  /** The text of a response: special tokens dropped, cut at the first token that ends a response. */
  decode(ids: ArrayLike<number>): string;
}
