import type { Estimate } from './statistics.js';

/** What a report says, as numbers: all of it is plain JSON. */
export interface Summary {
  readonly results: number;
  readonly prompts: number;
  readonly seeds: readonly number[];
  /** Results of equal models and settings, each with its own tables. */
  readonly setups: readonly SetupSummary[];
  readonly versions: readonly Readonly<Record<string, string>>[];
}

/** One choice of models and settings, and one data set where a report has several. */
export interface SetupSummary {
  readonly data?: string | undefined;
  readonly models: Readonly<Record<string, string>>;
  readonly hashes: Readonly<Record<string, string>>;
  /** Settings that all rows share. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A table for each temperature. */
  readonly temperatures: readonly TemperatureSummary[];
}

/** All methods at one temperature, side by side. */
export interface TemperatureSummary {
  readonly temperature: number;
  readonly methods: readonly MethodSummary[];
  /**
   * Whether every row has results of the same prompts with the same seeds: where not, means over them do not
   * compare, and differences do.
   */
  readonly isEven: boolean;
  /**
   * What the errors of means are over: seeds, as published, where every row has every prompt with each of
   * several seeds; else prompts.
   */
  readonly errorOver: 'seeds' | 'prompts';
  /**
   * Of the methods that the published tables rank, each minus the next best: entrgi − aps, aps − expectation,
   * expectation − bon, as far as they are there.
   */
  readonly ranking: readonly RankingSummary[];
  /** Best-of-n from the largest unguided sample, for comparison at equal cost. */
  readonly bestOf?: BestOfSummary | undefined;
}

/** The best of n of a method's samples, by n. */
export interface BestOfSummary {
  /** Name of the method whose samples it is made from. */
  readonly method: string;
  readonly points: readonly {
    readonly n: number;
    readonly passes: number;
    readonly seconds: number | null;
    readonly top1: number;
  }[];
}

/** What a method reached at one temperature, with standard errors. */
export interface MethodSummary {
  /**
   * The method, and, where a table has it with several numbers of guidance steps or responses, those: no two
   * rows of a table have the same.
   */
  readonly name: string;
  readonly method: string;
  /** Keys of the journal's lines that these numbers are made from. */
  readonly keys: readonly string[];
  readonly results: number;
  /** Responses per prompt, on average. */
  readonly trajectories: number;
  /** Mean over seeds or prompts of their means, and the standard error of those means: see `errorOver`. */
  readonly top1: Estimate;
  readonly avg: Estimate;
  /** Of the responses with the highest reward; of all. */
  readonly judge?: Estimate | undefined;
  readonly judgeAvg?: Estimate | undefined;
  /**
   * exp of the mean negative log-likelihood of all responses, a mean over tokens for each; its error is that
   * of the mean, times the perplexity.
   */
  readonly perplexity?: Estimate | undefined;
  /** Per prompt. Null where times were to be left out. */
  readonly cost: {
    readonly seconds: number | null;
    readonly denoiserPasses: number;
    readonly rewardPasses: number;
  };
  /** Of at most four responses to a prompt, mean over results. */
  readonly diversity: { readonly distinct: readonly (number | null)[]; readonly selfBleu: number | null };
  /** Against bon, bon-compute and entrgi on the same prompts with the same seeds. */
  readonly differences: readonly DifferenceSummary[];
  /** Mean over results by denoising step, null where no result has one. */
  readonly rewardByStep: readonly (number | null)[];
  readonly entropyWeightByStep: readonly (number | null)[];
}

/**
 * This method minus another: mean over prompts, each averaged over seeds, and the standard error over
 * prompts.
 */
export interface DifferenceSummary {
  /** Name of the other. */
  readonly against: string;
  readonly prompts: number;
  readonly top1: Estimate;
  readonly avg: Estimate;
  /** Of the responses with the highest reward; of all. */
  readonly judge?: Estimate | undefined;
  readonly judgeAvg?: Estimate | undefined;
}

/** The same of two methods that follow each other in the published order. */
export interface RankingSummary extends DifferenceSummary {
  /** Name of the row. */
  readonly method: string;
}
