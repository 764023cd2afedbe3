import type {
  CommittedToken,
  Cost,
  GuidanceResult,
  PromptEndEvent,
  StepEvent,
  StepTimings,
} from '@entrgi/core';
import { type MaskedRows, maskedSlots } from '../rows/masked-rows.js';
import type { SampleSettings } from '../settings/sample-settings.js';

export interface StepOutcome {
  readonly prompt: number;
  readonly step: number;
  readonly tokenIds: Int32Array;
  readonly committed: readonly CommittedToken[];
  readonly changed: readonly CommittedToken[];
  readonly parts: readonly MaskedRows[];
  readonly guided: Omit<GuidanceResult, 'logits'> | undefined;
  readonly timings: StepTimings;
}

/** Copies what happened in a step, so that a consumer may keep it. */
export const stepEvent = (settings: SampleSettings, outcome: StepOutcome): StepEvent => {
  const { steps, trajectories, length, maskId } = settings;
  const { prompt, step, tokenIds, committed, changed, parts, guided, timings } = outcome;
  const event = {
    type: 'step-end',
    prompt,
    step,
    steps,
    trajectories,
    length,
    tokenIds: tokenIds.slice(),
    committed,
    ...(changed.length === 0 ? {} : { changed }),
    remaining: Array.from(
      { length: trajectories },
      (_, k) => maskedSlots(tokenIds.subarray(k * length, (k + 1) * length), maskId).length,
    ),
    timings,
  } as const;
  const [first, last] = [guided?.rewards[0], guided?.rewards.at(-1)];
  if (guided === undefined || first === undefined || last === undefined) return event;
  const perTrajectory = (values: Float64Array) => {
    const all = new Float64Array(trajectories).fill(Number.NaN);
    parts.forEach(({ trajectory }, k) => {
      all[trajectory] = values[k]!;
    });
    return all;
  };
  return {
    ...event,
    rewards: { first: perTrajectory(first), last: perTrajectory(last) },
    entropyWeight: guided.weights.reduce((sum, weight) => sum + weight, 0) / guided.weights.length,
  };
};

/** The finished responses of a prompt. */
export const promptEndEvent = (
  { denoiser, trajectories, length }: SampleSettings,
  prompt: number,
  tokenIds: Int32Array,
  timings: PromptEndEvent['timings'],
  passes: Omit<Cost, 'seconds'>,
): PromptEndEvent => ({
  type: 'prompt-end',
  prompt,
  trajectories: Array.from({ length: trajectories }, (_, k) => {
    const response = tokenIds.slice(k * length, (k + 1) * length);
    return { tokenIds: response, text: denoiser.decode(response) };
  }),
  timings,
  cost: { seconds: timings.totalMs / 1000, ...passes },
});
