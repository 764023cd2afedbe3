import { type OptionNames, requirePositive } from '@entrgi/core';
import type { EndTokens } from '@entrgi/models';
import { type PresetSettings, presets } from '@entrgi/samplers';

/** Every knob of a generation, as numbers and names. */
export interface Settings extends PresetSettings {
  /** Total-variation distance that leaving out improbable tokens may cost a position's distribution. Default: 1e-6. */
  readonly vocabularyTolerance: number;
  /** Which tokens end a response: every one that ends a turn, `turn`, or the tokenizer's eos_token alone, `eos`. Default: `turn`. */
  readonly endTokens: EndTokens;
  /**
   * What of every response stands already, in order: text; numbers of tokens to write; `null`, once, for as many tokens as the others leave of maxNewTokens
   * (without it, those are written at the end). `['Once']` begins a response, `[null, 'The end.']` ends it. Default: nothing.
   */
  readonly response?: readonly (string | number | null)[] | undefined;
  /** Approximate, faster: also commit tokens of at least this probability. Default: off. */
  readonly confidenceThreshold?: number | undefined;
  /** Approximate, faster: compute what lies around a block once for the block. Default: false. */
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
  blockLength: true,
  confidenceThreshold: true,
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
