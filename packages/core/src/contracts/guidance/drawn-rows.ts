/** A token for each row, and the numbers of the row that orders go by; shape [rows] each. */
export interface DrawnRows {
  /** Drawn from the filtered softmax(φ/τ); at temperature 0 the most probable one. */
  readonly tokenIds: Int32Array;
  /** Entropy of softmax(φ/τ) before guidance, in nats. */
  readonly initialEntropies: Float32Array;
  /** Entropy of softmax(φ/τ) after guidance, in nats. */
  readonly optimizedEntropies: Float32Array;
  /** Entropy of the filtered softmax(φ/τ), in nats. */
  readonly filteredEntropies: Float32Array;
  /** Probability of the token in it. */
  readonly probabilities: Float32Array;
  /** By how much its most probable token is ahead of the second. */
  readonly margins: Float32Array;
  /** Optimized logit of the token. */
  readonly logits: Float32Array;
  /** log Σ exp φ after guidance. */
  readonly logSumExps: Float32Array;
}
