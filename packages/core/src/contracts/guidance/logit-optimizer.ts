/** One optimizer run over the logits of a denoising step; holds its moments. */
export interface LogitOptimizerState {
  /** Moves `logits` uphill in place; `gradient` is ∂R/∂φ, same shape. */
  update(logits: Float32Array, gradient: Float32Array): void;
}

/**
 * Starts afresh in every denoising step. Each logit moves by its own gradients alone: guidance asks for a
 * state for any number of rows. `size` is the number of their logits; `previous`, if given, a state that it
 * made and that is not used any more, whose memory it may take over.
 */
export type LogitOptimizer = ((size: number, previous?: LogitOptimizerState) => LogitOptimizerState) & {
  /**
   * How far a logit may have moved after so many updates, whatever the gradients; absent where there is no
   * bound.
   */
  readonly maxMovement?: (updates: number) => number;
  /** The update as numbers, for graphs that do it; absent of optimizers that no graph knows. */
  readonly rule?: OptimizerRule;
};

/** Plain ascent, φ ← φ + learningRate · g, or Adam, where there are decays. */
export interface OptimizerRule {
  readonly learningRate: number;
  readonly adam?: { readonly beta1: number; readonly beta2: number; readonly epsilon: number };
}
