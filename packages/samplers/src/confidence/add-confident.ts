/** The drawn tokens of a trajectory's masked rows, and how sure the denoiser is of each. */
export interface ConfidentRequest {
  /** Place of the token drawn for each row in its distribution, shape [rows]. */
  readonly places: Int32Array;
  /** 1 for rows that are to wait, shape [rows]. */
  readonly postponed: Uint8Array;
  /**
   * Whether the denoiser itself, before guidance and filters, gives the token at a place of a row at least
   * the threshold.
   */
  isSure(row: number, place: number): boolean;
}

/**
 * Confidence-threshold parallel decoding: adds to the rows that an order chose all others whose token the
 * denoiser gives at least the threshold. An approximation: tokens committed together are drawn as if they did
 * not depend on each other. Source: Fast-dLLM, arXiv 2505.22618, section 3.3.
 */
export const addConfident = (
  chosen: Int32Array,
  { places, postponed, isSure }: ConfidentRequest,
): Int32Array => {
  const isChosen = new Set(chosen);
  const added = places.map((place, row) =>
    !isChosen.has(row) && postponed[row] === 0 && isSure(row, place) ? row : -1,
  );
  return Int32Array.of(...chosen, ...added.filter((row) => row >= 0));
};
