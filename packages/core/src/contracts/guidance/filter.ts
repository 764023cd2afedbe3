/** Restricts a distribution. */
export interface Filter {
  /**
   * Sets the probabilities of excluded tokens to 0, in place, and leaves at least one above 0; what is left
   * keeps its proportions and need not be rescaled, which is up to whoever applies it. `tokenIds` are the
   * tokens of `probs`, ascending; undefined: every token, in order.
   */
  (probs: Float32Array, tokenIds?: Int32Array | undefined): void;
  /**
   * Says that what it excludes is never more probable than what it keeps. It is then not asked where only the
   * most probable token counts (temperature 0, provisional responses), and improbable tokens may be left out
   * before it is asked. Of others neither is true.
   */
  readonly keepsMostProbable?: true;
  /**
   * The restriction as numbers, for graphs that apply it; absent of filters that no graph knows. Of a filter
   * with a rule nobody checks what it leaves.
   */
  readonly rule?: FilterRule;
}

/**
 * The smallest set of most probable tokens that hold this share, in (0, 1); or so many of the most probable
 * tokens.
 */
export type FilterRule = { readonly topP: number } | { readonly topK: number };
