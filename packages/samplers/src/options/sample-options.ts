import type { Denoiser, Draw, Filter, Guidance, Order, Prompt, Remasking, Schedule } from '@entrgi/core';
import type { ResponseTemplate } from '../response/response-tokens.js';
import type { StepEditor } from './step-editor.js';

/** What to sample from, and how. */
export interface SampleOptions {
  readonly denoiser: Denoiser;
  readonly prompts: readonly Prompt[];
  /**
   * Moves the logits before tokens are drawn.
   * @default none
   */
  readonly guidance?: Guidance | undefined;
  /**
   * Responses per prompt.
   * @default 4
   */
  readonly trajectories?: number | undefined;
  /**
   * Denoising steps.
   * @default 128
   */
  readonly steps?: number | undefined;
  /**
   * Response length in tokens.
   * @default 128
   */
  readonly maxNewTokens?: number | undefined;
  /**
   * What of every response stands already and is never touched: `['Once']` begins it, `[null, 'The end.']`
   * ends it, `['Once ', 5, ' went home.']` leaves five tokens to write between the two and the rest of
   * maxNewTokens behind them; or token ids. No end token is written before text that stands.
   * @default nothing
   */
  readonly response?: ResponseTemplate | undefined;
  /**
   * Semi-autoregressive decoding (LLaDA): blocks of this length are filled one after the other, each in an
   * equal share of the steps. It must divide maxNewTokens, and the number of blocks must divide the steps. Of
   * a denoiser whose tokens see no later block it is, and must divide, the length of its blocks, whatever
   * maxNewTokens and steps are: each block gets its share of the steps, rounded up.
   * @default maxNewTokens, one block
   */
  readonly blockLength?: number | undefined;
  /**
   * Sampling temperature τ; 0 takes the most probable token that the filters keep.
   * @default 0.7
   */
  readonly temperature?: number | undefined;
  /**
   * Applied in order to what tokens are drawn from, at every temperature.
   * @default top-p 0.95
   */
  readonly filters?: readonly Filter[] | undefined;
  /**
   * Which positions are committed first.
   * @default entropy
   */
  readonly order?: Order | undefined;
  /**
   * 0: the most confident positions; above: drawn from softmax(confidence / orderTemperature) (Dream's
   * alg_temp).
   * @default 0
   */
  readonly orderTemperature?: number | undefined;
  /**
   * For the order `entropyBound`: how much entropy, in nats, may be committed together.
   * @default 0.1
   */
  readonly entropyBound?: number | undefined;
  /**
   * Masks committed tokens again, to be drawn anew (ReMDM): one of `remaskings`. What a response ends with
   * stays open, so that `stopAtEnd` has no effect.
   * @default none
   */
  readonly remasking?: Remasking | undefined;
  /**
   * Guides in every k-th step: the first, the one k later …
   * @default 1
   */
  readonly guidanceEvery?: number | undefined;
  /**
   * Guides from this share of the steps on, in [0, 1].
   * @default 0
   */
  readonly guidanceFrom?: number | undefined;
  /**
   * Guides up to this share of the steps.
   * @default 1
   */
  readonly guidanceUntil?: number | undefined;
  /**
   * Changes logits before tokens are drawn, and tokens after they are. With `logits`, no token is left out of
   * them.
   * @default none
   */
  readonly edit?: StepEditor | undefined;
  /**
   * How a token is drawn from its distribution.
   * @default inversion
   */
  readonly draw?: Draw | undefined;
  /**
   * Classifier-free guidance: how far from what the denoiser says without the prompt, s of u + (s + 1)(c −
   * u). Twice the passes.
   * @default 0, off
   */
  readonly classifierFreeScale?: number | undefined;
  /**
   * Noise levels.
   * @default linear
   */
  readonly schedule?: Schedule | undefined;
  /**
   * Number of the first trajectory, of which random numbers depend: 4 goes on where 4 trajectories ended.
   * @default 0
   */
  readonly firstTrajectory?: number | undefined;
  /**
   * Any safe integer.
   * @default 1
   */
  readonly seed?: number | undefined;
  /**
   * Whether positions for which an end token was drawn are committed last.
   * @default true
   */
  readonly deprioritizeEos?: boolean | undefined;
  /**
   * Total-variation distance that leaving out improbable tokens may cost the distribution of any position,
   * for a given movement of its logits; 0 leaves none out. Where few tokens hold almost all of the
   * probability, guidance and sampling look at those alone. Of a guided result it is no bound, since tokens
   * left out have no part in the gradient. With a filter that does not say that it keeps the most probable
   * tokens, none is left out.
   * @default 1e-6
   */
  readonly vocabularyTolerance?: number | undefined;
  /**
   * Whether a response with an end token and no mask before it is done: its remaining masks become end tokens
   * and it takes part in no further step. Texts and rewards are the same without, but for how a smaller batch
   * rounds; it only takes longer.
   * @default true
   */
  readonly stopAtEnd?: boolean | undefined;
  /**
   * Whether steps that commit nothing ask neither denoiser nor reward, and equal responses go through the
   * denoiser once. Results are the same without, but for how another batch rounds; it only takes longer.
   * @default true
   */
  readonly skipRedundant?: boolean | undefined;
  /**
   * Approximate, for speed: in each step, also commit every position whose drawn token has at least this
   * probability, in (0, 1], by the denoiser's own distribution softmax(φ/τ) (Fast-dLLM). End tokens that are
   * to wait still do.
   * @default off
   */
  readonly confidenceThreshold?: number | undefined;
  /**
   * Replaces a token that the current block already holds by the likeliest, where that is another and has
   * more than this probability, in [0, 1), by the denoiser's own distribution softmax(φ); in every step, also
   * in those that are left when no mask is, until nothing changes (LLaDA2.1's token editing, arXiv
   * 2602.08676). What stands in the response from the beginning stays, and what it ends with is open, so that
   * `stopAtEnd` has no effect.
   * @default off
   */
  readonly editThreshold?: number | undefined;
  /**
   * Approximate, for speed: compute what lies around a block once, when the block is begun, and in its steps
   * the block alone (Fast-dLLM's dual cache). Without `blockLength`, the prompt alone is kept.
   * @throws UnsupportedError for a denoiser that cannot
   * @default false; true, and exact, for a denoiser whose tokens see no later block
   */
  readonly cacheBlocks?: boolean | undefined;
  /** Takes effect within 50 milliseconds, but for runs of a model, which cannot be interrupted. */
  readonly signal?: AbortSignal | undefined;
}
