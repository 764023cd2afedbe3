import { InvalidArgumentError, optimisers } from '@entrgi/core';
import { endTokens, type WeightDtype, weightDtypes } from '@entrgi/models';
import { orders, type Preset, type PresetSettings, preset, presets } from '@entrgi/samplers';
import type { SourceOptions } from '../model-source.js';
import { chooseByName, unknownName } from './choose-by-name.js';
import { chooseMethod, type Method } from './methods.js';
import { checkPrompt, type PromptEntry, readPrompts } from './read-prompts.js';
import { type GivenSettings, resolveSettings, type Settings } from './settings.js';

/** `entrgi generate` as parsed. */
export interface GenerateOptions extends GivenSettings, SourceOptions {
  readonly prompt?: string | undefined;
  readonly prompts?: string | undefined;
  readonly method: string;
  readonly preset?: string | undefined;
  readonly denoiser?: string | undefined;
  readonly reward?: string | undefined;
  /** Label of the reward model, by number or name. */
  readonly label?: string | undefined;
  readonly denoiserDtype: WeightDtype;
  readonly rewardDtype: WeightDtype;
  /** Smallest share of what the denoiser writes for which the reward must have tokens. */
  readonly minimumCoverage?: number | undefined;
  readonly templateVariable?: Readonly<Record<string, unknown>> | undefined;
  readonly seed: number;
  readonly json: boolean;
  readonly trace?: string | undefined;
}

/** A generation with everything decided and checked that can be without a model. */
export interface Plan {
  readonly prompts: readonly PromptEntry[];
  readonly method: Method;
  readonly preset: string | undefined;
  readonly settings: Settings;
  /** The settings as the libraries take them. */
  readonly options: Preset;
  readonly seed: number;
}

/** Decides and checks. Throws InvalidArgumentError for what is outside its domain. */
export const planGeneration = async (options: GenerateOptions): Promise<Plan> => {
  const method = chooseMethod(options.method);
  const given =
    options.preset === undefined ? {} : chooseByName('--preset', options.preset, presets).settings;
  const settings = method.effective(resolveSettings(options, given));
  chooseByName('--update', settings.update, optimisers);
  chooseByName('--order', settings.order, orders);
  if (!endTokens.includes(settings.endTokens)) {
    throw unknownName('--end-tokens', settings.endTokens, endTokens);
  }
  checkDtype('--denoiser-dtype', options.denoiserDtype);
  checkDtype('--reward-dtype', options.rewardDtype);
  checkCoverage(options.minimumCoverage);
  return {
    prompts: await promptsOf(options),
    method,
    preset: options.preset,
    settings,
    options: preset(settings as PresetSettings),
    seed: checkedSeed(options.seed),
  };
};

const checkDtype = (option: string, dtype: WeightDtype): void => {
  if (!weightDtypes.includes(dtype)) throw unknownName(option, dtype, weightDtypes);
};

const checkCoverage = (share: number | undefined): void => {
  if (share === undefined || (share >= 0 && share <= 1)) return;
  throw new InvalidArgumentError(`--minimum-coverage: expected a number from 0 to 1, got ${share}.`, {
    value: share,
  });
};

const checkedSeed = (seed: number): number => {
  if (Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(`--seed: expected a whole number below 2^53, got ${seed}.`, { value: seed });
};

const promptsOf = async ({ prompt = '', prompts }: GenerateOptions): Promise<PromptEntry[]> =>
  prompts === undefined ? [checkPrompt(prompt, 'PROMPT')] : readPrompts(prompts);
