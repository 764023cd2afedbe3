import { requireThat } from '@entrgi/core/internal';
import type { GenerateOptions, GivenSettings, MethodName, ModelOptions, presets } from 'entrgi';
import type { JudgeChoice } from '../judges/judge-spec.js';

/** Model options that are plain data, as worker processes load the models. */
export const modelNameList = [
  'denoiser',
  'reward',
  'label',
  'dtype',
  'minimumCoverage',
  'templateVariables',
  'templateDate',
  'attention',
  'blockLength',
  'endTokens',
  'revision',
  'offline',
  'cacheDir',
  'verify',
  'disablePrepacking',
  'quantizedDir',
  'memoryLimit',
] as const satisfies readonly (keyof ModelOptions | 'blockLength')[];

type ModelName = (typeof modelNameList)[number];

/** Which models, by name, and how they are loaded. */
export interface ModelNames extends Omit<Pick<GenerateOptions, ModelName>, 'denoiser' | 'reward'> {
  /**
   * A directory, or `owner/name` or `owner/name@REV` on the hub.
   * @default the embedded one
   */
  readonly denoiser?: string | undefined;
  readonly reward?: string | undefined;
}

/**
 * What to evaluate: every method of every denoiser by every reward, at every temperature with every seed on
 * every prompt.
 */
export interface EvaluationOptions
  extends Omit<ModelNames, 'denoiser' | 'reward'>,
    JudgeChoice,
    Omit<GivenSettings, 'temperature'> {
  /** A model as ModelNames has it, `embedded`, or several. */
  readonly denoiser?: string | readonly string[] | undefined;
  readonly reward?: string | readonly string[] | undefined;
  /** A file of prompts, or the name of a data set. */
  readonly data: string;
  /** At most so many prompts, from the beginning. */
  readonly limit?: number | undefined;
  /** @default bon, expectation, aps and entrgi, which the published tables compare */
  readonly methods?: readonly MethodName[] | undefined;
  /** @default the preset's, 0.7 */
  readonly temperatures?: readonly number[] | undefined;
  /** @default 1, 2 and 3 */
  readonly seeds?: readonly number[] | undefined;
  readonly preset?: keyof typeof presets | undefined;
  /**
   * An autoregressive model, as Transformers.js has it (ONNX), under which the perplexity of the responses is
   * reported: a directory, or `owner/name` or `owner/name@REV` on the hub.
   * @default none
   */
  readonly perplexity?: string | undefined;
}

/**
 * Every denoiser with every reward, in the order in which they are named.
 * @throws InvalidArgumentError for what is no name
 */
export const modelPairsOf = (options: EvaluationOptions): ModelNames[] => {
  const shared = Object.fromEntries(
    modelNameList.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined),
  );
  const rewards = namesOf('reward', options.reward);
  return namesOf('denoiser', options.denoiser).flatMap((denoiser) =>
    rewards.map((reward) => ({ ...shared, denoiser, reward })),
  );
};

/** Undefined is the embedded one. */
const namesOf = (argument: string, given: unknown): readonly (string | undefined)[] => {
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  requireThat(argument, given, 'at least one model', names.length > 0);
  return names.map((value) => {
    if (value === undefined || value === 'embedded') return undefined;
    requireThat(argument, value, 'the name of a model', typeof value === 'string' && value !== '');
    return value as string;
  });
};
