import { type OptionNames, requirePositive } from '@entrgi/core/internal';
import type { EndTokens } from '@entrgi/models';
import { type PresetSettings, type potentials, presets, type remaskings } from '@entrgi/samplers';

/** Every knob of a generation, as numbers and names. */
export interface Settings extends PresetSettings {
  /**
   * Total-variation distance that leaving out improbable tokens may cost a position's distribution.
   * @default 1e-6
   */
  readonly vocabularyTolerance: number;
  /**
   * Which tokens end a response: every one that ends a turn, `turn`, or the tokenizer's eos_token alone,
   * `eos`.
   * @default `turn`
   */
  readonly endTokens: EndTokens;
  /**
   * What of every response stands already, in order: text; numbers of tokens to write; `null`, once, for as
   * many tokens as the others leave of maxNewTokens (without it, those are written at the end). `['Once']`
   * begins a response, `[null, 'The end.']` ends it.
   * @default nothing
   */
  readonly response?: readonly (string | number | null)[] | undefined;
  /**
   * For the order `entropyBound`: nats that may be committed together.
   * @default 0.1
   */
  readonly entropyBound?: number | undefined;
  /**
   * Masks committed tokens again (ReMDM).
   * @default none
   */
  readonly remasking?: keyof typeof remaskings | undefined;
  /**
   * Its η: of `cap` a probability, else the share of what is possible.
   * @default 0.02, 0.05 of `rescale`, 1 of `conf`
   */
  readonly remaskingShare?: number | undefined;
  /**
   * Guides in every k-th step.
   * @default 1
   */
  readonly guidanceEvery?: number | undefined;
  /**
   * Guides from this share of the steps on.
   * @default 0
   */
  readonly guidanceFrom?: number | undefined;
  /**
   * Guides up to this share of the steps.
   * @default 1
   */
  readonly guidanceUntil?: number | undefined;
  /**
   * β of `smc`, `guided-smc` and `particle-gibbs`: how much reward a nat is worth.
   * @default 1
   */
  readonly steeringBeta?: number | undefined;
  /**
   * What their looks multiply weights by.
   * @default difference
   */
  readonly potential?: keyof typeof potentials | undefined;
  /**
   * Steps from one look to the next.
   * @default an eighth of the steps
   */
  readonly lookEvery?: number | undefined;
  /**
   * Complete responses drawn of each particle for a look.
   * @default 1
   */
  readonly drafts?: number | undefined;
  /**
   * Of `smc`: resamples where fewer than this share of the particles do all the work.
   * @default 1, at every look
   */
  readonly resampleBelow?: number | undefined;
  /**
   * Of `particle-gibbs`: sweeps.
   * @default 2
   */
  readonly iterations?: number | undefined;
  /**
   * What `bon-compute` may spend: network passes of both models.
   * @default what the guided method `entrgi` costs with the same settings and seed, which is run first
   */
  readonly budgetPasses?: number | undefined;
  /** What `bon-compute` may spend, in seconds. */
  readonly budgetSeconds?: number | undefined;
  /**
   * Approximate, faster: also commit tokens of at least this probability.
   * @default off
   */
  readonly confidenceThreshold?: number | undefined;
  /**
   * Replace written tokens of the current block where another has more than this probability (LLaDA2.1).
   * @default off
   */
  readonly editThreshold?: number | undefined;
  /**
   * Approximate, faster: compute what lies around a block once for the block.
   * @default false
   */
  readonly cacheBlocks?: boolean | undefined;
}

/** Settings as given: what is absent was not said. */
export type GivenSettings = { readonly [K in keyof Settings]?: Settings[K] | undefined } & {
  /** The talk's β: plain ascent with learning rate 1/β. */
  readonly beta?: number | undefined;
};

/** Every setting, by name; the samplers look at their values. */
export const settingNames: OptionNames<Settings> = {
  trajectories: true,
  steps: true,
  maxNewTokens: true,
  temperature: true,
  topP: true,
  topK: true,
  order: true,
  schedule: true,
  draw: true,
  classifierFreeScale: true,
  deprioritizeEos: true,
  guidanceSteps: true,
  update: true,
  learningRate: true,
  entropyOf: true,
  softTemperature: true,
  filterHard: true,
  vocabularyTolerance: true,
  endTokens: true,
  response: true,
  entropyBound: true,
  remasking: true,
  remaskingShare: true,
  guidanceEvery: true,
  guidanceFrom: true,
  guidanceUntil: true,
  steeringBeta: true,
  potential: true,
  lookEvery: true,
  drafts: true,
  resampleBelow: true,
  iterations: true,
  budgetPasses: true,
  budgetSeconds: true,
  blockLength: true,
  confidenceThreshold: true,
  editThreshold: true,
  cacheBlocks: true,
};

/** What is not said, and no preset says: the published tables' settings. */
export const defaults: Settings = {
  ...presets.published.settings,
  vocabularyTolerance: 1e-6,
  endTokens: 'turn',
};

/** What is said overrides the preset, which overrides the defaults. */
export const resolveSettings = (given: GivenSettings, preset: GivenSettings = {}): Settings => ({
  ...defaults,
  ...said(preset),
  ...said(given),
});

/** The settings that were said, and no other fields. β says how to move: φ ← φ + (1/β) ∇R. */
const said = (given: GivenSettings): Partial<Settings> => {
  const { beta } = given;
  if (beta !== undefined) requirePositive('beta', beta);
  const ascent = beta === undefined ? {} : { update: 'ascent' as const, learningRate: 1 / beta };
  const entries = (Object.keys(settingNames) as (keyof Settings)[])
    .map((name) => [name, given[name]] as const)
    .filter(([, value]) => value !== undefined);
  return { ...ascent, ...Object.fromEntries(entries) };
};
