/** A published group of settings. */
export interface Preset {
  /** Samples per prompt. */
  readonly trajectories: number;
  /** Denoising steps. */
  readonly steps: number;
  /** Gradient updates per denoising step. */
  readonly guidanceSteps: number;
  /** Step size η of the logit update. */
  readonly learningRate: number;
  /** The talk's β, of which learningRate is the inverse; absent where the source has none. */
  readonly beta?: number | undefined;
  readonly update: 'adam' | 'ascent';
  /** Whose entropy sets the weight: that of softmax(φ) or of softmax(φ/τ). */
  readonly entropyOf: 'untempered' | 'tempered';
  /** Sampling temperature τ. */
  readonly temperature: number;
  readonly topP: number;
  /** Name of the order in which positions are committed. */
  readonly order: string;
  /** Response length in tokens. */
  readonly maxNewTokens: number;
}
