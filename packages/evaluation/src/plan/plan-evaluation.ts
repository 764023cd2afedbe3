import { basename } from 'node:path';
import { InvalidArgumentError, type Prompt } from '@entrgi/core';
import { requireThat, requireWhole } from '@entrgi/core/internal';
import { resolveCheckpoint } from '@entrgi/models';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import type { HubOptions, MethodName, RewardSource } from 'entrgi';
import { type GenerationPlan, modelSource, planGeneration, rewardSource } from 'entrgi/internal';
import type { Example } from '../data/example.js';
import { journalKey } from '../journal/journal-key.js';
import type { LineSettings } from '../journal/journal-line.js';
import { endpointJudgeHash } from '../judges/endpoint-judge.js';
import { type JudgeSpec, judgeSpec } from '../judges/judge-spec.js';
import { type EvaluationOptions, type ModelNames, modelNamesOf } from './evaluation-options.js';
import { type HashedModel, hashModel } from './hash-model.js';

/** One result that is wanted: all that a worker process needs to know of it, as plain data. */
export interface Cell {
  readonly key: string;
  readonly prompt: Prompt;
  readonly method: MethodName;
  readonly seed: number;
  readonly temperature: number;
  readonly preset: GenerationPlan['preset'];
  readonly settings: GenerationPlan['settings'];
  /** The settings as the journal has them. */
  readonly recorded: LineSettings;
}

/** What is loaded for the cells of an evaluation. */
export interface WorkSpec {
  readonly models: ModelNames;
  readonly judge: JudgeSpec | undefined;
  /** Directory of the model whose perplexity is reported. */
  readonly perplexity?: string | undefined;
}

/** Every cell of an evaluation, with all that a process needs to run one. */
export interface EvaluationPlan extends WorkSpec {
  /**
   * Each key once, seed by seed and prompt by prompt, all methods and temperatures side by side: what is there of a run that was cut
   * short compares them fairly.
   */
  readonly cells: readonly Cell[];
  /** Of all weights together. */
  readonly modelBytes: number;
}

/**
 * Decides on every result that is wanted. Models of the hub are fetched for it, so that their files can be hashed.
 * Throws InvalidArgumentError for options that cannot work, before anything is fetched, and what resolveCheckpoint throws.
 */
export const planEvaluation = async (
  options: EvaluationOptions,
  examples: readonly Example[],
  fetching: HubOptions = {},
): Promise<EvaluationPlan> => {
  const variants = variantsOf(options);
  const models = modelNamesOf(options);
  requireNames(models);
  const judge = judgeSpec(options);
  const denoiser = await hashed(models.denoiser ?? denoiserDirectory, models, fetching);
  const rating = rewardSource(models.reward ?? rewardDirectory);
  // The denoiser's confidence is a matter of the denoiser alone.
  const reward =
    rating.source === undefined
      ? { hash: denoiser.hash, bytes: 0 }
      : await hashed(rating.source, models, fetching);
  const judged = judge === undefined ? undefined : await hashedJudge(judge, fetching);
  const { perplexity: language } = options;
  const perplexity = language === undefined ? undefined : await causalModel(language, models, fetching);
  const { dtype, label, minimumCoverage, templateVariables, templateDate, attention } = models;
  const loading = { dtype, label, minimumCoverage, templateVariables, templateDate, attention };
  const names = {
    denoiser: nameOf(models.denoiser ?? denoiserDirectory),
    reward: rewardName(rating),
    ...(judge === undefined
      ? {}
      : { judge: judge.kind === 'endpoint' ? judge.options.model : nameOf(judge.source) }),
    ...(language === undefined ? {} : { perplexity: nameOf(language) }),
    hashes: {
      denoiser: denoiser.hash,
      reward: reward.hash,
      ...(judged === undefined ? {} : { judge: judged.hash }),
      ...(perplexity === undefined ? {} : { perplexity: perplexity.hash }),
    },
  };
  // What JSON leaves out is left out at once: a line that is read again is the same.
  const recordable = variants.map((variant) => {
    const { preset, settings } = variant;
    const recorded: LineSettings = JSON.parse(JSON.stringify({ preset, ...settings, ...loading, ...names }));
    return { ...variant, recorded };
  });
  const cells = new Map<string, Cell>();
  for (const wanted of new Set(variants.map(({ seed }) => seed))) {
    const ofSeed = recordable.filter(({ seed }) => seed === wanted);
    examples.forEach(({ prompt }, at) => {
      // Each prompt begins with another of them: equal shards have equal shares of every method.
      for (let i = 0; i < ofSeed.length; i++) {
        const { method, seed, preset, settings, recorded } = ofSeed[(at + i) % ofSeed.length]!;
        const cell = { prompt, method, seed, temperature: settings.temperature, preset, settings, recorded };
        const key = journalKey({ ...cell, settings: recorded });
        cells.set(key, { key, ...cell });
      }
    });
  }
  const modelBytes = denoiser.bytes + reward.bytes + (judged?.bytes ?? 0) + (perplexity?.bytes ?? 0);
  return { models, judge, perplexity: perplexity?.directory, cells: [...cells.values()], modelBytes };
};

const variantsOf = (options: EvaluationOptions): GenerationPlan[] => {
  const {
    data: _d,
    limit,
    methods = usualMethods,
    temperatures,
    seeds = [1, 2, 3],
    judge: _j,
    judgeModel: _m,
    judgeOptions: _o,
    perplexity: _p,
    ...settings
  } = options;
  if (limit !== undefined) requireWhole('limit', limit, 1);
  for (const [name, list] of Object.entries({ methods, temperatures, seeds })) {
    requireThat(name, list, 'at least one', list === undefined || list.length > 0);
  }
  return (temperatures ?? [undefined]).flatMap((temperature) =>
    methods.flatMap((method) =>
      seeds.map((seed) => planGeneration({ ...settings, temperature, method, seed }, 'evaluate')),
    ),
  );
};

/** The methods that the published tables compare. */
const usualMethods: readonly MethodName[] = ['bon', 'expectation', 'aps', 'entrgi'];

const requireNames = ({ denoiser, reward }: ModelNames): void => {
  for (const [name, value] of Object.entries({ denoiser, reward })) {
    if (value === undefined || typeof value === 'string') continue;
    throw new InvalidArgumentError(`${name}: expected the name of a model, got an object.`, {
      value,
      argument: name,
    });
  }
};

const hashed = async (
  given: string,
  { revision, offline }: ModelNames,
  fetching: HubOptions,
): Promise<HashedModel> => {
  const { source, revision: own = revision } = await modelSource(given);
  const directory = await resolveCheckpoint(source, { ...fetching, offline, revision: own });
  return hashModel(directory, source.endsWith('.onnx') ? basename(source) : undefined);
};

/** Transformers.js reads it from the directory where our hub client has put it. */
const causalModel = async (
  given: string,
  { offline }: ModelNames,
  fetching: HubOptions,
): Promise<HashedModel & { readonly directory: string }> => {
  const { source, revision } = await modelSource(given);
  const file = 'onnx/model.onnx';
  const directory = await resolveCheckpoint(source, { ...fetching, offline, revision, file });
  return { ...(await hashModel(directory)), directory };
};

const hashedJudge = async (judge: JudgeSpec, fetching: HubOptions): Promise<HashedModel> =>
  judge.kind === 'endpoint'
    ? { hash: endpointJudgeHash(judge.options), bytes: 0 }
    : hashed(judge.source, {}, fetching);

/** Of an ONNX file, its model's. */
const nameOf = (source: string): string => basename(source.replace(/\/(?:onnx\/)?[^/]+\.onnx$/, ''));

const rewardName = ({ kind, source }: RewardSource): string => {
  if (source === undefined) return kind;
  return kind === 'model' ? nameOf(source) : `${kind}:${nameOf(source)}`;
};
