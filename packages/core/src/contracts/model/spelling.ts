/**
 * What the tokens of a vocabulary stand for in text, whatever their strings look like (`Ġcat`, `▁cat`, `##s`,
 * `<0x0A>`).
 */
export interface Spelling {
  /**
   * The text of each token by id, a space before a word included; undefined for special tokens, padding rows
   * and what no text contains. Bytes that are no whole character stand as U+DC00 + byte.
   */
  readonly texts: readonly (string | undefined)[];
  /**
   * Whether spaces are part of the tokens, or implied between them: there, ` cat` also stands where no space
   * is before the word.
   */
  readonly spaces: 'written' | 'implied';
  /** Whether text is lower-cased before it becomes tokens. */
  readonly lowercase: boolean;
  /** Whether text loses its accents before it becomes tokens. */
  readonly stripAccents: boolean;
}
