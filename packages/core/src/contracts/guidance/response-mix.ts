/**
 * A batch of responses, some of whose positions are mixtures of tokens. Row r of the mixture stands at slot
 * `rows[r]` and is embedded as soft + weights[r] · (hard − soft), where soft = Σ_c probs[r, c] E[candidate c]
 * and hard = E[tokenIds[rows[r]]].
 */
export interface ResponseMix {
  readonly trajectories: number;
  /**
   * Denoiser token ids, shape [trajectories, length]; at mixed slots, the sampled (hard) token. Of responses
   * that are written block by block `length` is that of what is there, and less than what was opened.
   */
  readonly tokenIds: Int32Array;
  /** 1 where the reward model may look, 0 where not, shape [trajectories, length]. */
  readonly attention: Uint8Array;
  /** Flat slots (into tokenIds) that are mixtures, ascending, shape [rows]. */
  readonly rows: Int32Array;
  /**
   * Denoiser token ids of the columns of `probs`, shape [columns]; undefined: all of the vocabulary, in
   * order.
   */
  readonly candidates?: Int32Array | undefined;
  /** Probabilities, shape [rows, columns]. */
  readonly probs: Float32Array;
  /** Weight of the hard token per row, in [0, 1], shape [rows]. */
  readonly weights: Float32Array;
  readonly signal?: AbortSignal | undefined;
}
