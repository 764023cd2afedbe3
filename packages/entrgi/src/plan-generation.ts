import { type Relaxation, relaxations } from '@entrgi/core';
import { requireKnownOptions, requireName, requireThat, requireWhole } from '@entrgi/core/internal';
import { type Preset, type PresetSettings, preset, presets, type Strategy } from '@entrgi/samplers';
import { requireSampleNumbers, requireWholeBlocks } from '@entrgi/samplers/internal';
import { type GenerateOptions, generateOptionNames } from './generate-options.js';
import { embeddedSettings, isEmbedded } from './settings/embedded-settings.js';
import { type MethodName, methodNames, relaxationOf, settledBy } from './settings/methods.js';
import { samplingOf } from './settings/sampling-of.js';
import { resolveSettings, type Settings } from './settings/settings.js';
import { strategyOf } from './settings/strategy-of.js';

/** A generation with everything decided and checked that can be without a model and a prompt. */
export interface GenerationPlan {
  readonly method: MethodName;
  /** Undefined where nothing guides. */
  readonly relaxation: Relaxation | undefined;
  /** Name of the preset; undefined where none, or one of the caller's, was given. */
  readonly preset: keyof typeof presets | undefined;
  readonly settings: Settings;
  /** The settings as `sample` and `rewardGuidance` take them. */
  readonly options: Preset;
  /** All of them, as `sample` takes them. */
  readonly sampling: ReturnType<typeof samplingOf>;
  /** Undefined where a guided run has to say first what may be spent. */
  readonly strategy: Strategy | undefined;
  readonly seed: number;
}

/**
 * Decides and checks; `of` is what errors call the function.
 * @throws InvalidArgumentError for whatever could only fail later
 */
export const planGeneration = (options: GenerateOptions, of = 'generate'): GenerationPlan => {
  requireKnownOptions(of, options, generateOptionNames);
  const { method = 'entrgi', seed = 1 } = options;
  requireName('method', method, methodNames);
  const resolved = resolveSettings(options, presetSettings(options));
  const settings: Settings = { ...resolved, ...settledBy(method) };
  requireWhole('guidanceSteps', settings.guidanceSteps, 0);
  const numbers = { ...settings, blockLength: settings.blockLength ?? settings.maxNewTokens, seed };
  requireSampleNumbers(numbers);
  // Blocks that the denoiser itself knows need not come out even.
  if (!knowsBlocks(options)) requireWholeBlocks(numbers);
  const relaxation = relaxationOf(method);
  return {
    method,
    relaxation: relaxation && settings.guidanceSteps > 0 ? relaxations[relaxation] : undefined,
    preset: presetName(options.preset),
    settings,
    options: preset(settings),
    sampling: samplingOf(settings),
    strategy: strategyOf(method, settings),
    seed,
  };
};

const knowsBlocks = ({ attention, denoiser }: GenerateOptions): boolean =>
  attention === 'block-causal' || (typeof denoiser === 'object' && denoiser.blockAttention !== undefined);

const presetSettings = ({ preset: given, denoiser }: GenerateOptions): PresetSettings | undefined => {
  if (given === undefined) {
    return isEmbedded(denoiser) ? embeddedSettings : undefined;
  }
  if (typeof given === 'string') requireName('preset', given, Object.keys(presets));
  const { settings } = typeof given === 'string' ? presets[given] : (given ?? {});
  const isPreset = typeof settings === 'object' && settings !== null;
  requireThat('preset', given, 'a preset, such as presets.paper, or its name', isPreset);
  return settings;
};

const presetName = (given: GenerateOptions['preset']): keyof typeof presets | undefined =>
  (Object.keys(presets) as (keyof typeof presets)[]).find(
    (name) => name === given || presets[name] === given,
  );
