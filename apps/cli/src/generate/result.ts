import type { GenerateResult } from 'entrgi';

/** What `--json` prints, one object per prompt: the library's result, with the summary that tables report. */
export interface Result extends Omit<GenerateResult, 'text' | 'reward' | 'method'> {
  readonly method: string;
  readonly best: { readonly text: string; readonly reward: number };
  /** Highest reward over the trajectories. */
  readonly top1: number;
}

export const resultOf = (result: GenerateResult): Result => {
  const { prompt, method, seed, settings, trajectories, text, reward, avg, timings, cost, matched } = result;
  return {
    prompt,
    method,
    seed,
    settings,
    trajectories,
    best: { text, reward },
    top1: reward,
    avg,
    timings,
    cost,
    ...(matched === undefined ? {} : { matched }),
  };
};
