import type { Component } from './component.js';

/**
 * A visible character in place of blanks, as SentencePiece writes them; before a decoder and as a
 * pre-tokenizer the same settings.
 */
export interface Metaspace {
  readonly replacement: string;
  /** Where one is put before the text: before every piece, the first one, or none. */
  readonly prepend: 'always' | 'first' | 'never';
  readonly split: boolean;
}

export const readMetaspace = (part: Component): Metaspace => {
  const prepend = part.oneOf('prepend_scheme', ['always', 'first', 'never'], 'always');
  // Files from before there was a scheme say it with a flag.
  const addsPrefix = part.optionalFlag('add_prefix_space') ?? true;
  if (!addsPrefix && prepend !== 'never') {
    part.fail('add_prefix_space contradicts prepend_scheme', prepend);
  }
  return {
    replacement: part.character('replacement'),
    prepend,
    split: part.optionalFlag('split') ?? true,
  };
};
