/**
 * Logits of masked positions, one row each: of every token, or of candidates that hold all but a negligible
 * part of the probability. The logits of row r are `values[offsets[r]]` up to (not with) `values[offsets[r +
 * 1]]`.
 */
export interface RowLogits {
  /** Number of tokens in the vocabulary. */
  readonly size: number;
  /** Where each row begins, and where the last one ends, shape [rows + 1]. */
  readonly offsets: Int32Array;
  /** φ, shape [offsets[rows]]; −∞ excludes a token. */
  readonly values: Float32Array;
  /** Token of each value, ascending within a row; undefined: every token, in order. */
  readonly tokenIds?: Int32Array | undefined;
  /** What is known of the tokens left out; undefined with `tokenIds`. */
  readonly rest?: RestOfVocabulary | undefined;
}

/**
 * The tokens that are not candidates, as the sums that an entropy over the whole vocabulary needs of them.
 */
export interface RestOfVocabulary {
  /** The highest logit of each row when the sums were made, h, shape [rows]. */
  readonly highest: Float64Array;
  /** At temperature 1. */
  readonly untempered: RestSums;
  /** At the sampling temperature. */
  readonly tempered: RestSums;
}

/** With z = (φ − h)/τ: Σ eᶻ and Σ z eᶻ of the tokens left out, per row, shape [rows] each. */
export interface RestSums {
  readonly mass: Float64Array;
  readonly energy: Float64Array;
}
