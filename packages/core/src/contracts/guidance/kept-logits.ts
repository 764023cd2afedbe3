import type { KeptTensor } from '../runtime/tensor.js';

/** Logits of masked positions, left where a denoiser computed them. */
export interface KeptLogits {
  /** Number of tokens in the vocabulary. */
  readonly size: number;
  /** φ, float32 [distinct rows, size]. Whoever made it disposes it. */
  readonly tensor: KeptTensor;
  /** Row of the tensor for each masked position, shape [rows]. */
  readonly sources: Int32Array;
  /** 1 for tokens that must not be drawn, shape [kinds of rows, size]. */
  readonly excluded: Uint8Array;
  /** Which of them goes for each masked position, shape [rows]. */
  readonly kinds: Int32Array;
}
