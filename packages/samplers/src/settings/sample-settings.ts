import type { Denoiser, Draw, Filter, Guidance, Order, Prompt, Remasking, Schedule } from '@entrgi/core';
import type { StepEditor } from '../options/step-editor.js';
import type { ResponseBlock } from './response-blocks.js';
import type { Steering } from './steering.js';

/** The settings of one prompt. */
export interface SampleSettings extends RunSettings {
  /** What is filled one after the other, each in an equal share of the steps. */
  readonly blocks: readonly ResponseBlock[];
}

/** Options with every default filled in, and the prompts as tokens. */
export interface RunSettings {
  readonly denoiser: Denoiser;
  readonly maskId: number;
  readonly prompts: readonly { readonly prompt: Prompt; readonly tokenIds: Int32Array }[];
  readonly guidance: Guidance | undefined;
  readonly trajectories: number;
  readonly steps: number;
  readonly length: number;
  /** The tokens that every response begins as, shape [length]: those that stay, and masks. */
  readonly given: Int32Array;
  /** The first slot at which a response may end. */
  readonly endsFrom: number;
  readonly blockLength: number;
  readonly temperature: number;
  readonly filters: readonly Filter[];
  readonly order: Order;
  readonly orderTemperature: number;
  readonly entropyBound: number;
  readonly remasking: Remasking | undefined;
  readonly guidanceEvery: number;
  readonly guidanceFrom: number;
  readonly guidanceUntil: number;
  readonly edit: StepEditor | undefined;
  /** A strategy that decides between steps from where trajectories go on. */
  readonly steering: Steering | undefined;
  /** Whether all masks are predicted, and not only those of the current block. */
  readonly predictsAll: boolean;
  readonly firstTrajectory: number;
  readonly draw: Draw;
  readonly classifierFreeScale: number;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly deprioritizeEos: boolean;
  readonly vocabularyTolerance: number;
  readonly stopAtEnd: boolean;
  readonly skipRedundant: boolean;
  readonly confidenceThreshold: number | undefined;
  readonly editThreshold: number | undefined;
  readonly cacheBlocks: boolean;
  readonly signal: AbortSignal | undefined;
}
