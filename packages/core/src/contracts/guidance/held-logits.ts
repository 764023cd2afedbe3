import type { Disposable } from '../runtime/disposable.js';
import type { FilterRule } from './filter.js';
import type { OptimizerRule } from './logit-optimizer.js';
import type { ResponseMix } from './response-mix.js';

/** What one denoising step's logits are held for. */
export interface HoldRequest {
  /** φ of every token, shape [rows, size]; −∞ for tokens that may not be drawn. Copied. */
  readonly logits: Float32Array;
  /** Number of tokens in the vocabulary. */
  readonly size: number;
  /**
   * q = softmax(φ · soft), the entropy is that of softmax(φ · entropy), and tokens are drawn from softmax(φ ·
   * draw).
   */
  readonly scales: { readonly soft: number; readonly entropy: number; readonly draw: number };
  /** Applied, in order, to what tokens are drawn from. */
  readonly filters: readonly FilterRule[];
  readonly optimizer: OptimizerRule;
  /** A number in [0, 1) per row, which draws a token of the logits as they are given, shape [rows]. */
  readonly uniforms: Float64Array;
  readonly signal?: AbortSignal | undefined;
}

/** What guidance needs to know of each row, shape [rows] each. */
export interface SeenRows {
  /** The token drawn. */
  readonly drawn: Int32Array;
  /** The token of the highest logit, the first of equals. */
  readonly modes: Int32Array;
  /** Entropy in nats. */
  readonly entropies: Float32Array;
}

/** A batch of responses whose mixed slots are mixtures by the logits that are held. */
export type HeldMix = Omit<ResponseMix, 'probs' | 'candidates'>;

/**
 * Logits that a reward holds where it computes: of the vocabulary's size, nothing comes out before the end.
 */
export interface HeldLogits extends Disposable {
  /** Of the logits as they are now. */
  readonly seen: SeenRows;
  /**
   * One guidance step: the reward of the mixtures, its gradient, and the optimizer's update of the logits;
   * then draws by `uniforms` from what they have become. Returns the reward per trajectory, before the
   * update.
   */
  step(mix: HeldMix, uniforms: Float64Array): Promise<Float64Array>;
  /** Writes the logits as they are now to an array of the same shape, except where −∞ was given. */
  read(logits: Float32Array): Promise<void>;
}
