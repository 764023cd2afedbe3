import type { Prompt } from '../model/prompt.js';
import type { Vocabulary } from '../model/vocabulary.js';
import type { Backend } from '../runtime/backend.js';
import type { Disposable } from '../runtime/disposable.js';
import type { DrawnRows } from './drawn-rows.js';
import type { Filter } from './filter.js';
import type { KeptLogits } from './kept-logits.js';
import type { RandomStream } from './random-stream.js';
import type { RowLogits } from './row-logits.js';

/** The masked positions of one denoising step, for all trajectories of one prompt. */
export interface GuidanceRequest {
  /** Denoising step, 1-based: what errors call it. */
  readonly step: number;
  readonly trajectories: number;
  /**
   * Denoiser token ids of the response, shape [trajectories, length]; the mask id at masked slots. Of
   * responses that are written block by block `length` is that up to the end of the block, and less than what
   * was opened.
   */
  readonly tokenIds: Int32Array;
  /** Flat masked slots, ascending, shape [rows]. */
  readonly rows: Int32Array;
  /**
   * The denoiser's logits of each row; −∞ for tokens that may not be drawn. Their memory is guidance's to
   * write to.
   */
  readonly logits: RowLogits;
  /**
   * Sampling temperature τ; at 0 the hard token is the most probable one that the filters keep and the
   * relaxed distribution is softmax(φ).
   */
  readonly temperature: number;
  /** Applied to the probabilities that the hard token is drawn from. */
  readonly filters: readonly Filter[];
  /** The random stream of trajectory k for guidance step m of this denoising step. */
  readonly random: (trajectory: number, guidanceStep: number) => RandomStream;
  readonly signal?: AbortSignal | undefined;
}

/** What guidance made of one denoising step. */
export interface GuidanceResult {
  /** Optimized logits of the same tokens, in the memory of those given. */
  readonly logits: RowLogits;
  /**
   * Reward per trajectory at each guidance step, before that step's update: shape
   * [guidanceSteps][trajectories].
   */
  readonly rewards: readonly Float64Array[];
  /** Weight of the hard token per row at the last guidance step, shape [rows]. */
  readonly weights: Float32Array;
  /**
   * Entropy in nats of softmax(φ/τ) per row, of the logits as they were given and over the whole vocabulary,
   * shape [rows]; absent unless the context says `givesEntropies`.
   */
  readonly entropies?: Float64Array | undefined;
  /** Time spent in the reward model. */
  readonly rewardMs: number;
  /**
   * Sequences through the reward's networks, forward and backward.
   * @default two per trajectory and guidance step
   */
  readonly rewardPasses?: number | undefined;
}

/** One denoising step whose logits a denoiser left on a device, and what its tokens are drawn with. */
export interface DrawRequest extends Omit<GuidanceRequest, 'logits'> {
  readonly logits: KeptLogits;
  /** A number in [0, 1) per row, which draws its token; at temperature 0 it does not matter. Shape [rows]. */
  readonly uniforms: Float64Array;
}

/** What guidance made of logits on a device, and drew from it. */
export interface DrawResult extends Omit<GuidanceResult, 'logits'> {
  readonly drawn: DrawnRows;
}

/** Guidance steps on logits that stay where the reward computes: between them no row of logits crosses. */
export interface HeldGuidance {
  /** Whose kept tensors it takes. */
  readonly backend: Backend;
  /** Whether its graphs know the sampler's filters. */
  knows(filters: readonly Filter[]): boolean;
  /** As `GuidanceContext.optimize`, of logits over the whole vocabulary. */
  optimize(request: GuidanceRequest): Promise<GuidanceResult>;
  /** Guides logits that a denoiser left on the backend, and draws the tokens there. */
  draw(request: DrawRequest): Promise<DrawResult>;
}

/** Guidance prepared for one prompt. */
export interface GuidanceContext extends Disposable {
  optimize(request: GuidanceRequest): Promise<GuidanceResult>;
  /**
   * Says that results have `entropies`, which come along with guidance: samplers then do not compute them.
   * @default false
   */
  readonly givesEntropies?: boolean | undefined;
  /**
   * Guides logits that a denoiser left on a device, and draws there: samplers ask for it where they need no
   * row of logits. Absent where the reward computes elsewhere, or a graph does not know what is asked for.
   */
  readonly held?: Pick<HeldGuidance, 'backend' | 'knows' | 'draw'> | undefined;
}

/** Moves a denoiser's logits towards what a reward prefers. */
export interface Guidance {
  /**
   * How far a logit may move in one denoising step, at most; Infinity where no bound is known. Decides which
   * tokens may be left out.
   */
  readonly maxMovement: number;
  open(request: {
    readonly prompt: Prompt;
    readonly vocabulary: Vocabulary;
    readonly length: number;
  }): Promise<GuidanceContext>;
}
