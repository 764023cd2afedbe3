import type { Cost } from './cost.js';
import type { StepEvent, StepTimings } from './step-event.js';

/** A prompt's responses are complete. */
export interface PromptEndEvent {
  readonly type: 'prompt-end';
  /** Index of the prompt in the batch. */
  readonly prompt: number;
  readonly trajectories: readonly FinishedTrajectory[];
  /** Milliseconds over all steps, without the time the consumer of the events took. */
  readonly timings: StepTimings & { readonly steps: number };
  readonly cost: Cost;
}

/** One finished response. */
export interface FinishedTrajectory {
  /** Denoiser token ids, special tokens included, shape [length]. */
  readonly tokenIds: Int32Array;
  /** Special tokens dropped, cut at the first token that ends a response. */
  readonly text: string;
}

/** What a sampler reports. */
export type SampleEvent = StepEvent | PromptEndEvent;
