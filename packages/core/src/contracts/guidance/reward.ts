import type { Prompt } from '../model/prompt.js';
import type { Vocabulary } from '../model/vocabulary.js';
import type { Disposable } from '../runtime/disposable.js';
import type { Versioned } from '../runtime/versioned.js';
import type { HeldGuidance } from './guidance.js';
import type { GuidanceSettings } from './guidance-settings.js';
import type { ResponseMix } from './response-mix.js';

/** Rates finished text. Anything that can do this serves for best-of-n. */
export interface Reward extends Disposable, Versioned {
  readonly name: string;
  /**
   * The tokens of its own model, where it is one: guidance reaches it through those that a denoiser shares
   * with it.
   */
  readonly vocabulary?: Vocabulary | undefined;
  /**
   * One reward per response, in order. Each response is scored on its own, as token ids in the reward model's
   * own template. `onPasses` is told how many sequences went through networks for it; who never tells takes
   * one for each response.
   */
  score(
    prompt: Prompt,
    responses: readonly string[],
    options?: { signal?: AbortSignal | undefined; onPasses?: ((count: number) => void) | undefined },
  ): Promise<Float64Array>;
}

/** A reward that also says how it would change if masked positions leaned towards other tokens. */
export interface DifferentiableReward extends Reward {
  /** Prepares for the responses to one prompt. The caller disposes the result. */
  open(request: RewardRequest): Promise<RewardContext>;
}

/** What a reward is opened for: the responses to one prompt. */
export interface RewardRequest {
  readonly prompt: Prompt;
  /** The denoiser's vocabulary: token ids in mixes are its ids. */
  readonly vocabulary: Vocabulary;
  /** Length of the longest response in tokens. */
  readonly length: number;
}

/** Rewards and their gradient. */
export interface RewardGradient {
  /** Reward per trajectory, shape [trajectories]. */
  readonly values: Float64Array;
  /**
   * ⟨∂R/∂ê, E[candidate]⟩ per row and candidate, shape [rows, columns]: all that the softmax gradient needs.
   * Zero where attention is 0. The caller owns the array.
   */
  readonly tokenScores: Float32Array;
  /**
   * Sequences through networks, forward and backward.
   * @default two per trajectory
   */
  readonly passes?: number | undefined;
}

/** The reward of one prompt's responses, differentiable. */
export interface RewardContext extends Disposable {
  evaluate(mix: ResponseMix): Promise<RewardGradient>;
  /**
   * Takes over whole guidance steps, so that logits stay where the reward computes. Absent where that would
   * gain nothing; undefined where its graphs do not know what is asked for.
   */
  held?(settings: GuidanceSettings): HeldGuidance | undefined;
}

/** Whether a reward can guide (and not only rank). */
export const isDifferentiable = (reward: Reward): reward is DifferentiableReward =>
  typeof (reward as Partial<DifferentiableReward>).open === 'function';
