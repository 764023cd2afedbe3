import type { Denoiser, Reward } from '@entrgi/core';
import type { Perplexity } from '@entrgi/transformers';
import { type GenerateResult, stream } from 'entrgi';
import { aboutPrompt } from '../data/about-prompt.js';
import type { JournalLine } from '../journal/journal-line.js';
import type { Judge } from '../judges/judge.js';
import { judgeLine } from '../judges/judge-line.js';
import type { Cell } from '../plan/plan-evaluation.js';
import { versions } from '../versions.js';
import { ratePerplexity } from './rate-perplexity.js';
import { stepRecorder } from './step-recorder.js';

/** What rates and writes. */
export interface LoadedWork {
  readonly denoiser: Denoiser;
  readonly reward: Reward;
  readonly judge: Judge | undefined;
  readonly perplexity: Perplexity | undefined;
}

/** Makes one result: responds, rates, and has the judge and the model of perplexity rate what came out. */
export const runCell = async (
  { key, prompt, data, method, seed, temperature, preset, settings, recorded }: Cell,
  { denoiser, reward, judge, perplexity }: LoadedWork,
  signal?: AbortSignal,
): Promise<JournalLine> => {
  const steps = stepRecorder(denoiser);
  let result: GenerateResult | undefined;
  const asked = { ...settings, prompt, method, preset, seed, denoiser, reward, signal };
  try {
    for await (const event of stream(asked)) {
      if (event.type === 'step-end') steps.add(event);
      else result = event.result;
    }
  } catch (error) {
    throw aboutPrompt(prompt, error, 'skipLong (--skip-long) leaves out what a model does not hold.');
  }
  // The last event of a stream that does not throw has it.
  const { trajectories, reward: top1, avg, cost } = result!;
  const line: JournalLine = {
    key,
    prompt,
    data,
    method,
    temperature,
    seed,
    settings: recorded,
    trajectories: trajectories.map(({ text, tokenIds, reward }) => ({ text, tokenIds, reward })),
    top1,
    avg,
    cost,
    versions: versions(),
    steps: steps.finish(trajectories.map(({ tokenIds }) => tokenIds)),
  };
  return judgeLine(await ratePerplexity(line, perplexity, signal), judge, signal);
};
