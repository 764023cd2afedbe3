import type { Backend } from '../runtime/backend.js';
import type { KeptTensor } from '../runtime/tensor.js';
import type { EntropyOf } from './entropy-of.js';
import type { Filter } from './filter.js';
import type { GuidanceRequest, GuidanceResult } from './guidance.js';
import type { LogitOptimizer } from './logit-optimizer.js';
import type { Relaxation } from './relaxation.js';

/** How guidance goes about: what `rewardGuidance` was told. */
export interface GuidanceSettings {
  readonly relaxation: Relaxation;
  readonly optimizer: LogitOptimizer;
  readonly guidanceSteps: number;
  readonly entropyOf: EntropyOf;
  /** undefined: the sampling temperature. */
  readonly softTemperature: number | undefined;
  /** undefined: the sampler's. */
  readonly hardFilters: readonly Filter[] | undefined;
  /** In bytes; undefined: what `rewardGuidance` takes by default. */
  readonly memoryLimit: number | undefined;
}

/** Guidance steps on logits that stay where the reward computes: between them no row of logits crosses. */
export interface HeldGuidance {
  /** Whose kept tensors it takes. */
  readonly backend: Backend;
  /** Whether its graphs know the sampler's filters. */
  knows(filters: readonly Filter[]): boolean;
  /** As `GuidanceContext.optimize`, of logits over the whole vocabulary. */
  optimize(request: GuidanceRequest): Promise<GuidanceResult>;
  /** The same of logits that a denoiser left on the backend; draws the tokens there too. */
  draw(request: DrawRequest): Promise<DrawResult>;
}

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

export interface DrawRequest extends Omit<GuidanceRequest, 'logits'> {
  readonly logits: KeptLogits;
  /** A number in [0, 1) per row, which draws its token; at temperature 0 it does not matter. Shape [rows]. */
  readonly uniforms: Float64Array;
}

export interface DrawResult extends Omit<GuidanceResult, 'logits'> {
  readonly drawn: DrawnRows;
}

/** A token for each row, and the numbers of the row that orders go by; shape [rows] each. */
export interface DrawnRows {
  /** Drawn from the filtered softmax(φ/τ); at temperature 0 the most probable one. */
  readonly tokenIds: Int32Array;
  /** Entropy of softmax(φ/τ) before guidance, in nats. */
  readonly initialEntropies: Float32Array;
  /** The same after it. */
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
