import type { Attention, GivenSettings, MethodName, ModelOptions, presets, WeightDtype } from 'entrgi';
import type { SourceOptions } from '../models/fetching.js';
import { templateDateOf } from '../models/template-date.js';

/** `entrgi generate` as parsed: names and values are checked by the library. */
export interface GenerateOptions extends GivenSettings, SourceOptions {
  readonly prompt?: string | undefined;
  readonly prompts?: string | undefined;
  readonly method: MethodName;
  readonly preset?: keyof typeof presets | undefined;
  readonly denoiser?: string | undefined;
  readonly reward?: string | undefined;
  /** Label of the reward model, by number or name. */
  readonly label?: number | string | undefined;
  readonly denoiserDtype: WeightDtype;
  readonly rewardDtype: WeightDtype;
  /** Smallest share of what the denoiser writes for which the reward must have tokens. */
  readonly minimumCoverage?: number | undefined;
  /** How the denoiser's tokens see each other, where its config.json cannot say so. */
  readonly attention?: Attention | undefined;
  readonly templateVariable?: Readonly<Record<string, unknown>> | undefined;
  readonly templateDate?: string | undefined;
  readonly seed: number;
  readonly json: boolean;
  readonly trace?: string | undefined;
}

/** What the library is told of the models. */
export const modelOptions = (options: GenerateOptions): ModelOptions => {
  const { denoiser, reward, label, minimumCoverage, endTokens, revision, offline, verify } = options;
  const { attention, blockLength } = options;
  return {
    denoiser,
    reward,
    label,
    minimumCoverage,
    endTokens,
    attention,
    blockLength,
    revision,
    offline,
    verify,
    dtype: { denoiser: options.denoiserDtype, reward: options.rewardDtype },
    templateVariables: options.templateVariable,
    templateDate: templateDateOf(options.templateDate),
  };
};

/** The sampling settings among the options, as said. */
export const settingsOf = (options: GenerateOptions): GivenSettings => {
  const { prompt, prompts, method, preset, denoiser, reward, label, denoiserDtype, rewardDtype, ...others } =
    options;
  const {
    minimumCoverage,
    attention,
    templateVariable,
    templateDate,
    seed,
    json,
    trace,
    revision,
    offline,
    verify,
    ...settings
  } = others;
  return settings;
};
