import type { PromptEntry } from '@entrgi/evaluation/internal';
import { traceRecord } from '@entrgi/evaluation/replay';
import { loadModels, type Models, stream } from 'entrgi';
import { type GenerationPlan, planGeneration } from 'entrgi/internal';
import { chooseDisplay } from '../display/choose-display.js';
import type { Display } from '../display/display.js';
import { fetchingOf } from '../models/fetching.js';
import type { Context } from '../process/context.js';
import { withinGrace } from '../process/within-grace.js';
import { withoutControls } from '../process/without-controls.js';
import { checkWindows } from './check-windows.js';
import { givenPrompts } from './given-prompts.js';
import { type GenerateOptions, modelOptions, settingsOf } from './options.js';
import { printResult } from './print-result.js';
import { promptText } from './read-prompts.js';
import { type Result, resultOf } from './result.js';
import { openTrace, type TraceFile } from './trace-file.js';

/** Writes responses to every prompt and prints each prompt's as they are finished. */
export const generate = async (options: GenerateOptions, context: Context): Promise<void> => {
  const { method, preset, seed } = options;
  const plan = planGeneration({ ...modelOptions(options), ...settingsOf(options), method, preset, seed });
  const prompts = await givenPrompts(options, context);
  const trace = options.trace === undefined ? undefined : await openTrace(options.trace);
  const display = chooseDisplay(context, options.json);
  try {
    const work = writeAll(plan, options, { display, trace, prompts, context });
    await withinGrace(work, context.signal, 800);
    await trace?.keep();
  } catch (error) {
    // What was traced until Ctrl-C is right as far as it goes; after an error nothing is left.
    if (context.signal.aborted) {
      display.leave();
      await trace?.keep();
    }
    throw error;
  } finally {
    display.clear();
    await trace?.discard();
  }
};

const writeAll = async (
  plan: GenerationPlan,
  options: GenerateOptions,
  { display, trace, prompts, context }: Omit<Place, 'signal' | 'index'> & { readonly context: Context },
): Promise<void> => {
  const { signal } = context;
  display.wait('Loading models …');
  const models = await loadModels({
    ...modelOptions(options),
    ...fetchingOf(context, display),
    onQuantize: ({ name, doneBytes, totalBytes }) =>
      display.wait(`Quantizing ${name}, once: ${Math.floor((100 * doneBytes) / totalBytes)} % …`),
    onWarning({ message }) {
      display.clear();
      context.stderr.write(`entrgi: ${withoutControls(message)}\n`);
    },
  });
  try {
    checkWindows(prompts, models.denoiser, plan.settings.maxNewTokens);
    for (const index of prompts.keys()) {
      const result = await respond(plan, models, { display, trace, signal, prompts, index });
      display.clear();
      if (options.json) context.stdout.write(`${JSON.stringify(result)}\n`);
      else printResult(result, context);
    }
  } finally {
    await models.dispose();
  }
};

interface Place {
  readonly display: Display;
  readonly trace: TraceFile | undefined;
  readonly signal: AbortSignal;
  readonly prompts: readonly PromptEntry[];
  /** Of the prompt that is answered. */
  readonly index: number;
}

const respond = async (
  { settings, method, preset, seed }: GenerationPlan,
  { denoiser, reward }: Models,
  { display, trace, signal, prompts, index }: Place,
): Promise<Result> => {
  const { prompt } = prompts[index]!;
  const place = prompts.length === 1 ? '' : `${index + 1}/${prompts.length} `;
  display.begin({ ...settings, title: `${place}${promptText(prompt)}`, denoiser });
  let result: Result | undefined;
  const asked = { ...settings, prompt, method, preset, seed, denoiser, reward, signal };
  for await (const event of stream(asked)) {
    if (event.type === 'prompt-end') {
      result = resultOf(event.result);
      continue;
    }
    const { texts: _, ...step } = event;
    display.step(step);
    await trace?.write(traceRecord({ ...step, prompt: index }, denoiser));
  }
  // The last event of a stream that does not throw has it.
  return result!;
};
