import type { Cost, Prompt } from '@entrgi/core';

/**
 * One result: the responses to one prompt by one method, temperature and seed. All of it is plain JSON, one
 * line of the journal.
 */
export interface JournalLine {
  /** Of models, settings, prompt and seed: two lines of one key are the same result. */
  readonly key: string;
  readonly prompt: Prompt;
  /** Name of the data set that the prompt is of, for the report's sections; not part of the result. */
  readonly data?: string | undefined;
  readonly method: string;
  readonly temperature: number;
  readonly seed: number;
  /** Every setting that has a part in the result, and the names and hashes of the models. */
  readonly settings: LineSettings;
  readonly trajectories: readonly LineTrajectory[];
  /** Highest reward. */
  readonly top1: number;
  /** Mean reward. */
  readonly avg: number;
  /** What the judge says of the response with the highest reward. */
  readonly judge?: number | undefined;
  /** The final scores included, loading and the judge not. */
  readonly cost: Cost;
  /** Of what has made it, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** How the responses came about; not part of the result. */
  readonly steps?: LineSteps | undefined;
}

/**
 * Settings by name, with `denoiser`, `reward`, `judge` and `perplexity` as names of models, and their hashes.
 */
export interface LineSettings {
  readonly denoiser: string;
  readonly reward: string;
  readonly judge?: string | undefined;
  readonly perplexity?: string | undefined;
  readonly hashes: Readonly<Record<string, string>>;
  readonly [setting: string]: unknown;
}

/** One response of a journal's line, with what it was rated. */
export interface LineTrajectory {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly reward: number;
  readonly judge?: number | undefined;
  /**
   * Mean over its tokens, in nats, under the model whose perplexity is reported; null for a text without
   * tokens.
   */
  readonly negativeLogLikelihood?: number | null | undefined;
}

/**
 * A generation step by step. Lists over steps have one number per denoising step, null where a step had none.
 */
export interface LineSteps {
  /** Mean reward of the relaxed responses after the step's last update but one; of guided methods. */
  readonly rewards?: readonly (number | null)[] | undefined;
  /** Mean weight of the hard token; of guided methods. */
  readonly entropyWeights?: readonly (number | null)[] | undefined;
  readonly trajectories: readonly {
    /** Text of each token, '' for those that are not part of the text. */
    readonly tokens: readonly string[];
    /** Step in which each was committed, from 1. */
    readonly committedAt: readonly number[];
  }[];
}
