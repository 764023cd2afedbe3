import { type Guidance, rewardGuidance } from '@entrgi/core';
import { bestOfN, sample } from '@entrgi/samplers';
import type { Context } from '../context.js';
import { chooseDisplay, type Display } from '../display/display.js';
import { printResult } from '../display/print-result.js';
import { withoutControls } from '../display/without-controls.js';
import { fetchingOf } from '../model-source.js';
import { withinGrace } from '../within-grace.js';
import { checkWindows } from './check-windows.js';
import { loadModels, type Models } from './load-models.js';
import { type GenerateOptions, type Plan, planGeneration } from './plan.js';
import { promptText } from './read-prompts.js';
import { type Result, resultOf } from './result.js';
import { openTrace, type TraceFile } from './trace-file.js';
import { traceRecord } from './trace-record.js';

/** Writes responses to every prompt and prints each prompt's as they are finished. */
export const generate = async (options: GenerateOptions, context: Context): Promise<void> => {
  const plan = await planGeneration(options);
  const trace = options.trace === undefined ? undefined : await openTrace(options.trace);
  const display = chooseDisplay(context, options.json);
  try {
    await withinGrace(writeAll(plan, options, { display, trace, context }), context.signal, 800);
    await trace?.keep();
  } catch (error) {
    // What was traced until Ctrl-C is right as far as it goes; after an error nothing is left.
    if (context.signal.aborted) await trace?.keep();
    throw error;
  } finally {
    display.clear();
    await trace?.discard();
  }
};

const writeAll = async (
  plan: Plan,
  options: GenerateOptions,
  { display, trace, context }: Omit<Watchers, 'signal'> & { readonly context: Context },
): Promise<void> => {
  const { signal } = context;
  display.wait('Loading models …');
  const models = await loadModels(options, {
    ...fetchingOf(context, display),
    onQuantise: ({ name, doneBytes, totalBytes }) =>
      display.wait(`Quantising ${name}, once: ${Math.floor((100 * doneBytes) / totalBytes)} % …`),
    onWarning({ message }) {
      display.clear();
      context.stderr.write(`entrgi: ${withoutControls(message)}\n`);
    },
  });
  try {
    checkWindows(plan.prompts, models.denoiser, plan.settings.maxNewTokens);
    for await (const result of results(plan, models, { display, trace, signal })) {
      display.clear();
      if (options.json) context.stdout.write(`${JSON.stringify(result)}\n`);
      else printResult(result, context);
    }
  } finally {
    await models.dispose();
  }
};

interface Watchers {
  readonly display: Display;
  readonly trace: TraceFile | undefined;
  readonly signal: AbortSignal;
}

async function* results(plan: Plan, models: Models, watchers: Watchers): AsyncGenerator<Result> {
  const { denoiser, reward } = models;
  const { display, trace, signal } = watchers;
  const { vocabularyTolerance, blockLength, confidenceThreshold, cacheBlocks } = plan.settings;
  const events = sample({
    ...plan.options.sample,
    vocabularyTolerance,
    blockLength,
    confidenceThreshold,
    cacheBlocks,
    denoiser,
    prompts: plan.prompts.map(({ prompt }) => prompt),
    guidance: guidanceOf(plan, models),
    seed: plan.seed,
    signal,
  });
  const begin = (index: number) => display.begin({ ...plan.settings, title: titleOf(plan, index), denoiser });
  begin(0);
  for await (const event of events) {
    if (event.type === 'step-end') {
      display.step(event);
      await trace?.write(traceRecord(event, denoiser));
      continue;
    }
    const { prompt } = plan.prompts[event.prompt]!;
    const start = performance.now();
    const texts = event.trajectories.map(({ text }) => text);
    const scores = await bestOfN({ reward, prompt, texts, signal });
    const names = { denoiser: denoiser.name, reward: reward.name };
    yield resultOf(plan, names, event, { ...scores, ms: performance.now() - start });
    if (event.prompt + 1 < plan.prompts.length) begin(event.prompt + 1);
  }
}

const guidanceOf = ({ method, settings, options }: Plan, { reward }: Models): Guidance | undefined => {
  if (method.relaxation === undefined || settings.guidanceSteps === 0) return undefined;
  return rewardGuidance({ ...options.guidance, reward, relaxation: method.relaxation });
};

const titleOf = ({ prompts }: Plan, index: number): string => {
  const place = prompts.length === 1 ? '' : `${index + 1}/${prompts.length} `;
  return `${place}${promptText(prompts[index]!.prompt)}`;
};
