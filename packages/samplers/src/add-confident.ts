/** The drawn tokens of a trajectory's masked rows, and how sure the denoiser is of each. */
export interface ConfidentRequest {
  /** Probability that a token must have to be committed before its turn, in (0, 1]. */
  readonly threshold: number;
  /** Place of the token drawn for each row in its distribution, shape [rows]. */
  readonly places: Int32Array;
  /** 1 for rows that are to wait, shape [rows]. */
  readonly postponed: Uint8Array;
  /** The denoiser's own distribution at a row, before guidance and filters. */
  initialProbs(row: number): Float32Array;
}

/**
 * Confidence-threshold parallel decoding: adds to the rows that an order chose all others whose token the denoiser gives at least the threshold. An
 * approximation: tokens committed together are drawn as if they did not depend on each other. Source: Fast-dLLM, arXiv 2505.22618, section 3.3.
 */
export const addConfident = (
  chosen: Int32Array,
  { threshold, places, postponed, initialProbs }: ConfidentRequest,
): Int32Array => {
  const isChosen = new Set(chosen);
  const added = places.map((place, row) =>
    !isChosen.has(row) && postponed[row] === 0 && initialProbs(row)[place]! >= threshold ? row : -1,
  );
  return Int32Array.of(...chosen, ...added.filter((row) => row >= 0));
};
