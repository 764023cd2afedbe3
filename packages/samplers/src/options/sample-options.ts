import {
  type Denoiser,
  type Draw,
  type Filter,
  type Guidance,
  InvalidArgumentError,
  type OptionNames,
  type Order,
  type Prompt,
  requireBoolean,
  requireFunction,
  requireKnownOptions,
  requireObject,
  requireSignal,
  requireThat,
  type Schedule,
  UnsupportedError,
} from '@entrgi/core';
import { inversion } from '../draws/inversion.js';
import { published } from '../presets/published.js';
import { endsFrom, type ResponseTemplate, responseTokens } from '../response/response-tokens.js';
import { linear } from '../schedules/linear.js';
import { requireSampleNumbers, requireTemperature } from './require-sample-numbers.js';

/** What to sample from, and how. */
export interface SampleOptions {
  readonly denoiser: Denoiser;
  readonly prompts: readonly Prompt[];
  /** Moves the logits before tokens are drawn. Default: none. */
  readonly guidance?: Guidance | undefined;
  /** Responses per prompt. Default: 4. */
  readonly trajectories?: number | undefined;
  /** Denoising steps. Default: 128. */
  readonly steps?: number | undefined;
  /** Response length in tokens. Default: 128. */
  readonly maxNewTokens?: number | undefined;
  /**
   * What of every response stands already and is never touched: `['Once']` begins it, `[null, 'The end.']` ends it, `['Once ', 5, ' went home.']` leaves five
   * tokens to write between the two and the rest of maxNewTokens behind them; or token ids. No end token is written before text that stands. Default: nothing.
   */
  readonly response?: ResponseTemplate | undefined;
  /**
   * Semi-autoregressive decoding (LLaDA): blocks of this length are filled one after the other, each in an equal share of the steps.
   * It must divide maxNewTokens, and the number of blocks must divide the steps. Default: maxNewTokens, one block.
   */
  readonly blockLength?: number | undefined;
  /** Sampling temperature τ; 0 takes the most probable token that the filters keep. Default: 0.7. */
  readonly temperature?: number | undefined;
  /** Applied in order to what tokens are drawn from, at every temperature. Default: top-p 0.95. */
  readonly filters?: readonly Filter[] | undefined;
  /** Which positions are committed first. Default: entropy. */
  readonly order?: Order | undefined;
  /** 0: the most confident positions; above: drawn from softmax(confidence / orderTemperature) (Dream's alg_temp). Default: 0. */
  readonly orderTemperature?: number | undefined;
  /** How a token is drawn from its distribution. Default: inversion. */
  readonly draw?: Draw | undefined;
  /**
   * Classifier-free guidance: how far from what the denoiser says without the prompt, s of u + (s + 1)(c − u). Twice the passes. Default: 0, off.
   */
  readonly classifierFreeScale?: number | undefined;
  /** Noise levels. Default: linear. */
  readonly schedule?: Schedule | undefined;
  /** Any safe integer. Default: 1. */
  readonly seed?: number | undefined;
  /** Whether positions for which an end token was drawn are committed last. Default: true. */
  readonly deprioritizeEos?: boolean | undefined;
  /**
   * Total-variation distance that leaving out improbable tokens may cost the distribution of any position, for a given movement of its logits; 0
   * leaves none out. Where few tokens hold almost all of the probability, guidance and sampling look at those alone. Of a guided result it is no
   * bound, since tokens left out have no part in the gradient. With a filter that does not say that it keeps the most probable tokens, none is left out. Default: 1e-6.
   */
  readonly vocabularyTolerance?: number | undefined;
  /**
   * Whether a response with an end token and no mask before it is done: its remaining masks become end tokens and it takes part in no
   * further step. Texts and rewards are the same without, but for how a smaller batch rounds; it only takes longer. Default: true.
   */
  readonly stopAtEnd?: boolean | undefined;
  /**
   * Whether steps that commit nothing ask neither denoiser nor reward, and equal responses go through the denoiser once. Results are the same
   * without, but for how another batch rounds; it only takes longer. Default: true.
   */
  readonly skipRedundant?: boolean | undefined;
  /**
   * Approximate, for speed: in each step, also commit every position whose drawn token has at least this probability, in (0, 1], by the
   * denoiser's own distribution softmax(φ/τ) (Fast-dLLM). End tokens that are to wait still do. Default: off.
   */
  readonly confidenceThreshold?: number | undefined;
  /**
   * Approximate, for speed: compute what lies around a block once, when the block is begun, and in its steps the block alone (Fast-dLLM's dual
   * cache). Without `blockLength`, the prompt alone is kept. Throws UnsupportedError for a denoiser that cannot. Default: false.
   */
  readonly cacheBlocks?: boolean | undefined;
  /** Takes effect within 50 milliseconds, but for runs of a model, which cannot be interrupted. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<SampleOptions> = {
  denoiser: true,
  prompts: true,
  guidance: true,
  trajectories: true,
  steps: true,
  maxNewTokens: true,
  response: true,
  blockLength: true,
  temperature: true,
  filters: true,
  order: true,
  orderTemperature: true,
  draw: true,
  classifierFreeScale: true,
  schedule: true,
  seed: true,
  deprioritizeEos: true,
  vocabularyTolerance: true,
  stopAtEnd: true,
  skipRedundant: true,
  confidenceThreshold: true,
  cacheBlocks: true,
  signal: true,
};

/** Options with every default filled in, and the prompts as tokens. */
export interface SampleSettings {
  readonly denoiser: Denoiser;
  readonly maskId: number;
  readonly prompts: readonly { readonly prompt: Prompt; readonly tokenIds: Int32Array }[];
  readonly guidance: Guidance | undefined;
  readonly trajectories: number;
  readonly steps: number;
  readonly length: number;
  /** The tokens that every response begins as, shape [length]: those that stay, and masks. */
  readonly given: Int32Array;
  /** The first slot at which a response may end. */
  readonly endsFrom: number;
  readonly blockLength: number;
  readonly temperature: number;
  readonly filters: readonly Filter[];
  readonly order: Order;
  readonly orderTemperature: number;
  readonly draw: Draw;
  readonly classifierFreeScale: number;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly deprioritizeEos: boolean;
  readonly vocabularyTolerance: number;
  readonly stopAtEnd: boolean;
  readonly skipRedundant: boolean;
  readonly confidenceThreshold: number | undefined;
  readonly cacheBlocks: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Fills in the defaults (the preset `published`). Throws InvalidArgumentError for whatever could only fail later. */
export const resolveOptions = (options: SampleOptions): SampleSettings => {
  requireKnownOptions('sample', options, optionNames);
  const defaults = published.sample;
  const {
    denoiser,
    prompts,
    guidance,
    trajectories = defaults.trajectories,
    steps = defaults.steps,
    maxNewTokens = defaults.maxNewTokens,
    response,
    blockLength = maxNewTokens,
    temperature = defaults.temperature,
    filters: tokenFilters = defaults.filters,
    order = defaults.order,
    orderTemperature = 0,
    draw = inversion,
    classifierFreeScale = 0,
    schedule = linear,
    seed = 1,
    deprioritizeEos = defaults.deprioritizeEos,
    vocabularyTolerance = 1e-6,
    stopAtEnd = true,
    skipRedundant = true,
    confidenceThreshold,
    cacheBlocks = false,
    signal,
  } = options;
  requireDenoiser(denoiser);
  requireThat('prompts', prompts, 'an array of prompts', Array.isArray(prompts));
  if (guidance !== undefined) requireGuidance(guidance);
  requireSampleNumbers({
    trajectories,
    steps,
    maxNewTokens,
    blockLength,
    temperature,
    vocabularyTolerance,
    seed,
    confidenceThreshold,
  });
  requireTemperature('orderTemperature', orderTemperature);
  requireFunction('order', order, 'an order, such as orders.entropy');
  requireFunction('draw', draw, 'a way to draw, such as draws.inversion');
  requireTemperature('classifierFreeScale', classifierFreeScale);
  requireFunction('schedule', schedule, 'a schedule, such as schedules.linear');
  requireThat('filters', tokenFilters, 'an array of filters', Array.isArray(tokenFilters));
  for (let index = 0; index < tokenFilters.length; index++) {
    requireFunction(`filters[${index}]`, tokenFilters[index], 'a filter, such as filters.topP(0.9)');
  }
  for (const [name, value] of Object.entries({ deprioritizeEos, stopAtEnd, skipRedundant, cacheBlocks })) {
    requireBoolean(name, value);
  }
  requireSignal('signal', signal);
  if (cacheBlocks && denoiser.openBlock === undefined) {
    throw new UnsupportedError(
      `Denoiser '${denoiser.name}': expected one that can keep what lies around a block.`,
      {
        value: denoiser.name,
        cure: 'Leave cacheBlocks off.',
      },
    );
  }
  const { maskId } = denoiser.vocabulary;
  if (maskId === undefined) {
    throw new InvalidArgumentError(`Denoiser '${denoiser.name}': expected a mask token, got none.`, {
      value: denoiser.name,
      cure: 'Use a masked diffusion language model.',
    });
  }
  const given = responseTokens(response, denoiser, { length: maxNewTokens, maskId });
  return {
    denoiser,
    maskId,
    given,
    endsFrom: endsFrom(given, { maskId, vocabulary: denoiser.vocabulary }),
    // Not map, which would pass over what is missing.
    prompts: Array.from(prompts, (prompt, index) => ({
      prompt,
      tokenIds: encode(denoiser, prompt, index, maxNewTokens),
    })),
    guidance,
    trajectories,
    steps,
    length: maxNewTokens,
    blockLength,
    temperature,
    filters: tokenFilters,
    order,
    orderTemperature,
    draw,
    classifierFreeScale,
    schedule,
    seed,
    deprioritizeEos,
    vocabularyTolerance,
    stopAtEnd,
    skipRedundant,
    confidenceThreshold,
    cacheBlocks,
    signal,
  };
};

const requireDenoiser = (denoiser: Denoiser): void => {
  const what = 'a denoiser, such as loadDenoiser of @entrgi/models gives';
  requireObject('denoiser', denoiser, what);
  const { logits, encodePrompt, decode, vocabulary } = denoiser;
  for (const [name, value] of Object.entries({ logits, encodePrompt, decode })) {
    requireFunction(`denoiser.${name}`, value, what);
  }
  requireObject('denoiser.vocabulary', vocabulary, what);
};

const requireGuidance = (guidance: Guidance): void => {
  const what = 'guidance, such as rewardGuidance gives';
  requireObject('guidance', guidance, what);
  requireFunction('guidance.open', guidance.open, what);
  const { maxMovement } = guidance;
  requireThat(
    'guidance.maxMovement',
    maxMovement,
    'a number of at least 0',
    typeof maxMovement === 'number' && maxMovement >= 0,
  );
};

const isMessage = (message: unknown): boolean => {
  const { role, content } = (message ?? {}) as { readonly role?: unknown; readonly content?: unknown };
  return typeof role === 'string' && typeof content === 'string';
};

const encode = (denoiser: Denoiser, prompt: Prompt, index: number, length: number): Int32Array => {
  const isPrompt =
    typeof prompt === 'string' || (Array.isArray(prompt) && Array.from(prompt).every(isMessage));
  requireThat(`prompts[${index}]`, prompt, 'text, or messages with a role and content', isPrompt);
  const text = typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');
  requireThat(`prompts[${index}]`, prompt, 'text', text.trim() !== '');
  const tokenIds = denoiser.encodePrompt(prompt);
  const total = tokenIds.length + length;
  if (total > denoiser.maxLength) {
    throw new InvalidArgumentError(
      `prompts[${index}]: expected at most ${denoiser.maxLength} tokens with the response, ` +
        `got ${total} (${tokenIds.length} + ${length}).`,
      { value: prompt, argument: `prompts[${index}]`, cure: 'Shorten the prompt or lower maxNewTokens.' },
    );
  }
  return tokenIds;
};
