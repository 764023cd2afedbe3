import { type Denoiser, type GenerateOptions, type MethodName, nodeBackend, stream } from 'entrgi';
import { demoSettings, loadDemoModels, planGeneration } from 'entrgi/internal';
import { chooseDisplay } from '../display/choose-display.js';
import type { Display } from '../display/display.js';
import { isTerminal, stylesFor } from '../display/styles.js';
import type { Context } from '../process/context.js';
import { withinGrace } from '../process/within-grace.js';
import { comparisonLines, type DemoRun, openingLines, runLines } from './demo-lines.js';

/** One of the 64 openings, not chosen for its outcome. */
const prompt = 'Complete this story: The yellow bus was late again. Sam sat on the bench with his lunch box.';

/**
 * The same models, prompt and seed twice, first unguided, then guided while it writes, and what that came to. The reward is the sum
 * of two: whether a story makes sense, and whether it is cheerful. `given` changes the settings.
 */
export const demo = async (
  context: Context,
  given: Pick<GenerateOptions, 'seed' | 'steps' | 'maxNewTokens'> = {},
): Promise<void> => {
  const display = chooseDisplay(context, false);
  try {
    await withinGrace(showBoth({ ...demoSettings, ...given }, display, context), context.signal, 800);
  } catch (error) {
    if (context.signal.aborted) display.leave();
    throw error;
  } finally {
    display.clear();
  }
};

const showBoth = async (
  given: GenerateOptions,
  display: Display,
  { stdout, env, signal }: Context,
): Promise<void> => {
  const styles = stylesFor(stdout, env);
  const columns = isTerminal(stdout, env) ? (stdout.columns ?? 80) : undefined;
  const print = (lines: readonly string[]): void => {
    display.clear();
    stdout.write(`${lines.join('\n')}\n`);
  };
  display.wait('Loading the embedded models …');
  const backend = nodeBackend({ worker: true });
  try {
    const { denoiser, reward, judged } = await loadDemoModels(backend, signal);
    const shown = async (method: MethodName, title: string): Promise<DemoRun> => {
      const run = await written({ ...given, method, denoiser, reward, signal }, title, display);
      display.wait('Asking the judge …');
      const texts = run.result.trajectories.map(({ text }) => text);
      const whole = { ...run, judged: await judged(prompt, texts, { signal }) };
      print(runLines(title, whole, styles, columns));
      return whole;
    };
    print(openingLines(prompt, styles, columns));
    const unguided = await shown('bon', 'Unguided, best of 4');
    const guided = await shown('entrgi', 'Guided, same seed, best of 4');
    print(comparisonLines({ unguided, guided }, styles, columns));
  } finally {
    await backend.dispose();
  }
};

/** Writes the responses, in sight. */
const written = async (
  options: GenerateOptions & { readonly denoiser: Denoiser },
  title: string,
  display: Display,
): Promise<Omit<DemoRun, 'judged'>> => {
  // Without the objects, it sees that the models are the embedded ones.
  const { settings } = planGeneration({ ...options, denoiser: undefined, reward: undefined });
  const rise: number[] = [];
  display.begin({ ...settings, title, denoiser: options.denoiser });
  for await (const event of stream({ ...options, ...settings, prompt })) {
    if (event.type === 'prompt-end') return { result: event.result, rise };
    display.step(event);
    // A trajectory that sat the step out has none.
    const rewards = [...(event.rewards?.last ?? [])].filter((value) => !Number.isNaN(value));
    if (rewards.length > 0) rise.push(rewards.reduce((sum, value) => sum + value, 0) / rewards.length);
  }
  throw new Error('A stream ends with its result.');
};
