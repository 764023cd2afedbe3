import type { TraceRecord } from '@entrgi/evaluation/replay';
import type { ModelChoice, ModelNames } from './model-choice.js';

/** What is done in a lane: the first two do not follow a gradient. */
export const methods = ['base', 'best-of-n', 'expectation', 'aps', 'entrgi'] as const;
export type Method = (typeof methods)[number];

/** The upper lane is what guidance is compared with. */
export type Lane = 0 | 1;
export const lanes: readonly Lane[] = [0, 1];

/** A token that stands in both lanes from the beginning. */
export interface LockedToken {
  readonly position: number;
  readonly tokenId: number;
}

/** A token that is put in place of what a step has left there. */
export interface EditedToken extends LockedToken {
  readonly lane: Lane;
  readonly trajectory: number;
  readonly step: number;
}

/** All that a result depends on. */
export interface RunSettings {
  readonly prompt: string;
  readonly methods: readonly [Method, Method];
  readonly seed: number;
  /** Responses that a lane writes at once; `base` writes one. */
  readonly trajectories: number;
  readonly steps: number;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly guidanceSteps: number;
  readonly learningRate: number;
  /** Weight of each reward in the sum that guides. */
  readonly storyWeight: number;
  readonly moodWeight: number;
  readonly locks: readonly LockedToken[];
  readonly edits: readonly EditedToken[];
}

/** How many candidates of each masked slot are shown. */
export const SHOWN = 5;

/** One step of one lane. Arrays over slots belong to the flat slots (trajectory · length + position) that were masked before it. */
export interface Frame {
  readonly lane: Lane;
  /** 1-based. */
  readonly step: number;
  readonly trajectories: number;
  readonly length: number;
  /** After the step, shape [trajectories, length]. */
  readonly tokenIds: Int32Array;
  /** Masked before the step, ascending, shape [slots]; empty where the step reveals nothing. */
  readonly slots: Int32Array;
  /** Weight of the sampled token in [0, 1], shape [slots]; of lanes without guidance the normalized entropy, which it would be. */
  readonly weights: Float32Array;
  /** How much of the distribution guidance has moved, in [0, 1] (total variation over the candidates), shape [slots]. */
  readonly moved: Float32Array;
  /** How far the reward's gradient tells the tokens of a slot apart before the first update: the standard deviation of ∂R over its distribution; NaN without, shape [slots]. */
  readonly pull: Float32Array;
  /** Most probable tokens before guidance, shape [slots, SHOWN], and their probabilities. */
  readonly before: Candidates;
  readonly after: Candidates;
  /** Reward of each response as it would be if every mask became its most probable token, shape [trajectories]. */
  readonly rewards: Float64Array;
  /** Probability that a person wrote it, by the judge, of the response with the highest reward; NaN where there is no judge. */
  readonly judge: number;
  /** The responses as they stand, masks left out, shape [trajectories]. */
  readonly texts: readonly string[];
  readonly cost: LaneCost;
  /** The step as a trace holds it. */
  readonly record: TraceRecord;
}

export interface Candidates {
  readonly ids: Int32Array;
  readonly probs: Float32Array;
}

/** What a lane has cost so far; what is computed for display alone does not count. */
export interface LaneCost {
  readonly denoiserPasses: number;
  readonly gradientPasses: number;
  readonly seconds: number;
}

/** What the page asks of the worker. */
export type Request =
  | {
      readonly type: 'load';
      readonly device: 'auto' | 'wasm' | 'webgpu';
      readonly threads?: number | undefined;
      /** Address of the hub or of a mirror; undefined: the hub's own. */
      readonly hub?: string | undefined;
    }
  /** Takes these models in place of those that are there, the hub's with a token where it is not empty; where that fails, these stay, or the embedded ones come back. */
  | { readonly type: 'change'; readonly models: ModelChoice; readonly token: string }
  | { readonly type: 'keep' }
  | {
      readonly type: 'run';
      readonly run: number;
      readonly lanes: readonly Lane[];
      readonly settings: RunSettings;
      readonly paused: boolean;
    }
  | { readonly type: 'pause' | 'resume' | 'step' | 'stop' };

export interface Device {
  readonly device: 'wasm' | 'webgpu';
  readonly threads: number;
  readonly reasons: readonly string[];
}

/** What the worker tells the page. */
export type Report =
  /** The worker holds `lock` as long as it lives; so many others of this site live, in other tabs. */
  | { readonly type: 'alive'; readonly lock: string; readonly others: number }
  | { readonly type: 'loading'; readonly what: string; readonly loaded: number; readonly total: number }
  | {
      readonly type: 'ready';
      readonly device: Device;
      readonly models: ModelNames;
      /** What each token stands for in text; undefined for special ones. */
      readonly tokens: readonly (string | undefined)[];
      readonly maskId: number;
      readonly endIds: readonly number[];
    }
  /** `run`: which one it belongs to; of an earlier one some may still be under way when the next begins. */
  | { readonly type: 'frame'; readonly run: number; readonly frame: Frame }
  | { readonly type: 'done' | 'stopped'; readonly run: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  /** Other models were asked for and are not there; of `aborted` the page knows why. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string };
