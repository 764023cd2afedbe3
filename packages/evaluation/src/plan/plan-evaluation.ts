import { basename } from 'node:path';
import type { Prompt } from '@entrgi/core';
import { requireThat, requireWhole } from '@entrgi/core/internal';
import { checkTemplateOptions, templateDateText } from '@entrgi/models/internal';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import type { HubOptions, MethodName, RewardSource } from 'entrgi';
import { type GenerationPlan, isEmbedded, planGeneration, rewardSource } from 'entrgi/internal';
import type { Example } from '../data/example.js';
import { hashOf } from '../journal/canonical-json.js';
import { journalKey } from '../journal/journal-key.js';
import type { LineSettings } from '../journal/journal-line.js';
import { type JudgeSpec, judgeSpec } from '../judges/judge-spec.js';
import { type EvaluationOptions, type ModelNames, modelPairsOf } from './evaluation-options.js';
import { hashingOf } from './hashing.js';

/** One result that is wanted: all that a worker process needs to know of it, as plain data. */
export interface Cell {
  readonly key: string;
  readonly prompt: Prompt;
  /** Name of the data set, without its folder. */
  readonly data: string;
  readonly method: MethodName;
  readonly seed: number;
  readonly temperature: number;
  readonly preset: GenerationPlan['preset'];
  readonly settings: GenerationPlan['settings'];
  /** The settings as the journal has them. */
  readonly recorded: LineSettings;
}

/** A denoiser and a reward, which are loaded together. */
export interface ModelPair {
  /** As the cells' `recorded.hashes` have them. */
  readonly hashes: { readonly denoiser: string; readonly reward: string };
  readonly models: ModelNames;
}

/** What is loaded for the cells of an evaluation. */
export interface WorkSpec {
  readonly pairs: readonly ModelPair[];
  readonly judge: JudgeSpec | undefined;
  /** Directory of the model whose perplexity is reported. */
  readonly perplexity?: string | undefined;
}

/** Every cell of an evaluation, with all that a process needs to run one. */
export interface EvaluationPlan extends WorkSpec {
  /**
   * Each key once: one pair of models after the other, so that none is loaded twice; of each, seed by seed
   * and prompt by prompt, all methods and temperatures side by side: what is there of a run that was cut
   * short compares them fairly.
   */
  readonly cells: readonly Cell[];
  /** Of the weights that are loaded at the same time. */
  readonly modelBytes: number;
}

/**
 * Decides on every result that is wanted. Models of the hub are fetched for it, so that their files can be
 * hashed.
 * @throws InvalidArgumentError for options that cannot work, before anything is fetched, and what
 *   resolveCheckpoint throws
 */
export const planEvaluation = async (
  options: EvaluationOptions,
  examples: readonly Example[],
  fetching: HubOptions = {},
): Promise<EvaluationPlan> => {
  checkTemplateOptions(options);
  const wanted = modelPairsOf(options).map((models) => ({ models, variants: variantsOf(options, models) }));
  // One for all: who compares denoisers judges them alike.
  const judge = judgeSpec(
    options,
    wanted.some(({ models }) => isEmbedded(models.denoiser)) ? 'embedded' : 'none',
  );
  const hashing = hashingOf(fetching);
  const judged = judge === undefined ? undefined : await hashing.judge(judge);
  const language =
    options.perplexity === undefined ? undefined : await hashing.causal(options.perplexity, options.offline);
  const pairs = new Map<string, ModelPair>();
  const cells = new Map<string, Cell>();
  const shared = (judged?.bytes ?? 0) + (language?.bytes ?? 0);
  let modelBytes = 0;
  for (const { models, variants } of wanted) {
    const [denoiser, reward] = [await hashing.denoiser(models), await hashing.reward(models)];
    const hashes = { denoiser: denoiser.hash, reward: reward.hash };
    pairs.set(hashOf(hashes), { hashes, models });
    modelBytes = Math.max(modelBytes, denoiser.bytes + reward.bytes + shared);
    const { dtype, label, minimumCoverage, templateVariables, templateDate, attention } = models;
    // What a template is told, wherever the result is made: the date in local time.
    const told = templateDate === undefined ? undefined : templateDateText(templateDate);
    const loading = { dtype, label, minimumCoverage, templateVariables, templateDate: told, attention };
    const names = {
      denoiser: nameOf(models.denoiser ?? denoiserDirectory),
      reward: rewardName(rewardSource(models.reward ?? rewardDirectory)),
      ...(judge === undefined
        ? {}
        : { judge: judge.kind === 'endpoint' ? judge.options.model : nameOf(judge.source) }),
      ...(options.perplexity === undefined ? {} : { perplexity: nameOf(options.perplexity) }),
      hashes: {
        ...hashes,
        ...(judged === undefined ? {} : { judge: judged.hash }),
        ...(language === undefined ? {} : { perplexity: language.hash }),
      },
    };
    // What JSON leaves out is left out at once: a line that is read again is the same.
    const recordable = variants.map((variant) => {
      const { preset, settings } = variant;
      const recorded: LineSettings = JSON.parse(
        JSON.stringify({ preset, ...settings, ...loading, ...names }),
      );
      return { ...variant, recorded };
    });
    for (const cell of cellsOf(recordable, examples, nameOf(options.data)))
      if (!cells.has(cell.key)) cells.set(cell.key, cell);
  }
  return {
    pairs: [...pairs.values()],
    judge,
    perplexity: language?.directory,
    cells: [...cells.values()],
    modelBytes,
  };
};

/** The results of one pair of models. */
const cellsOf = (
  variants: readonly (GenerationPlan & { readonly recorded: LineSettings })[],
  examples: readonly Example[],
  data: string,
): Cell[] =>
  [...new Set(variants.map(({ seed }) => seed))].flatMap((wanted) => {
    const ofSeed = variants.filter(({ seed }) => seed === wanted);
    return examples.flatMap(({ prompt }, at) =>
      // Each prompt begins with another of them: equal shards have equal shares of every method.
      ofSeed.map((_, i) => {
        const { method, seed, preset, settings, recorded } = ofSeed[(at + i) % ofSeed.length]!;
        const { temperature } = settings;
        const cell = { prompt, data, method, seed, temperature, preset, settings, recorded };
        return { key: journalKey({ ...cell, settings: recorded }), ...cell };
      }),
    );
  });

const variantsOf = (options: EvaluationOptions, models: ModelNames): GenerationPlan[] => {
  const {
    data: _d,
    limit,
    methods = usualMethods,
    temperatures,
    seeds = [1, 2, 3],
    judge: _j,
    judgeModel: _m,
    judgeLabel: _l,
    judgeOptions: _o,
    perplexity: _p,
    denoiser: _n,
    reward: _r,
    ...settings
  } = options;
  if (limit !== undefined) requireWhole('limit', limit, 1);
  for (const [name, list] of Object.entries({ methods, temperatures, seeds })) {
    requireThat(name, list, 'at least one', list === undefined || list.length > 0);
  }
  return (temperatures ?? [undefined]).flatMap((temperature) =>
    methods.flatMap((method) =>
      seeds.map((seed) => planGeneration({ ...settings, ...models, temperature, method, seed }, 'evaluate')),
    ),
  );
};

/** The methods that the published tables compare. */
const usualMethods: readonly MethodName[] = ['bon', 'expectation', 'aps', 'entrgi'];

const nameOf = (source: string): string => basename(source);

const rewardName = ({ kind, source }: RewardSource): string => {
  if (source === undefined) return kind;
  return kind === 'model' ? nameOf(source) : `${kind}:${nameOf(source)}`;
};
