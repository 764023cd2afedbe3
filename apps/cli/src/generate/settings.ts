import { InvalidArgumentError } from '@entrgi/core';
import type { EndTokens } from '@entrgi/models';
import { type PresetSettings, presets } from '@entrgi/samplers';

/** Every knob of a generation, resolved: the `settings` of the JSON output. */
export interface Settings extends Omit<PresetSettings, 'order' | 'update'> {
  readonly update: string;
  readonly order: string;
  /** Total-variation distance that leaving out improbable tokens may cost a position's distribution. */
  readonly vocabularyTolerance: number;
  /** Which tokens end a response. */
  readonly endTokens: EndTokens;
  readonly blockLength?: number | undefined;
  readonly confidenceThreshold?: number | undefined;
  readonly cacheBlocks?: boolean | undefined;
}

/** Options as given: what is absent was not said. */
export type GivenSettings = { readonly [K in keyof Settings]?: Settings[K] | undefined } & {
  /** The talk's β: plain ascent with learning rate 1/β. */
  readonly beta?: number | undefined;
};

/** The published tables' settings. */
export const defaults: Settings = {
  ...presets.published.settings,
  vocabularyTolerance: 1e-6,
  endTokens: 'turn',
};

/** Explicit options override the preset, which overrides the defaults. Throws InvalidArgumentError for a value outside its domain. */
export const resolveSettings = (given: GivenSettings, preset: GivenSettings = {}): Settings => {
  const settings = { ...defaults, ...said(preset), ...said(given) };
  for (const [name, [domain, holds]] of Object.entries(domains)) {
    const value = settings[name as keyof Settings];
    if (value !== undefined && !holds(value as number)) {
      throw new InvalidArgumentError(`--${kebab(name)}: expected ${domain}, got ${value}.`, { value });
    }
  }
  return settings;
};

/** The settings that were said, and no other fields. β says how to move: φ ← φ + (1/β) ∇R. */
const said = (given: GivenSettings): Partial<Settings> => {
  const { beta } = given;
  if (beta !== undefined && !(beta > 0)) {
    throw new InvalidArgumentError(`--beta: expected a number above 0, got ${beta}.`, { value: beta });
  }
  const ascent = beta === undefined ? {} : { update: 'ascent', learningRate: 1 / beta };
  const names = [
    ...Object.keys(defaults),
    'topK',
    'softTemperature',
    'blockLength',
    'confidenceThreshold',
    'cacheBlocks',
  ] as (keyof Settings)[];
  const entries = names
    .map((name) => [name, given[name]] as const)
    .filter(([, value]) => value !== undefined);
  return { ...ascent, ...Object.fromEntries(entries) };
};

const whole = Number.isSafeInteger;

const domains: Partial<Record<keyof Settings, readonly [string, (value: number) => boolean]>> = {
  trajectories: ['a whole number of at least 1', (n) => whole(n) && n >= 1],
  steps: ['a whole number of at least 1', (n) => whole(n) && n >= 1],
  guidanceSteps: ['a whole number of at least 0', (n) => whole(n) && n >= 0],
  learningRate: ['a number above 0', (x) => x > 0 && Number.isFinite(x)],
  temperature: ['a number of at least 0', (x) => x >= 0 && Number.isFinite(x)],
  topP: ['a number above 0 and at most 1', (x) => x > 0 && x <= 1],
  topK: ['a whole number of at least 1', (n) => whole(n) && n >= 1],
  maxNewTokens: ['a whole number of at least 1', (n) => whole(n) && n >= 1],
  vocabularyTolerance: ['a number of at least 0 and below 1', (x) => x >= 0 && x < 1],
  blockLength: ['a whole number of at least 1', (n) => whole(n) && n >= 1],
  confidenceThreshold: ['a number above 0 and at most 1', (x) => x > 0 && x <= 1],
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
