import { type Recipe, recipes } from 'entrgi';
import { bytes } from '../display/bytes.js';
import { type Styles, stylesFor } from '../display/styles.js';
import type { Context } from '../process/context.js';
import { machineMemory } from './machine-memory.js';

/** Shows every recipe, and whether this machine has the memory for it. */
export const showRecipes = async ({ json }: { readonly json: boolean }, context: Context): Promise<void> => {
  const { stdout, env } = context;
  const memory = machineMemory();
  const all = Object.entries<Recipe>(recipes).map(([name, recipe]) => ({
    name,
    ...recipe,
    fits: recipe.memory.bytes <= memory,
  }));
  if (json) {
    for (const recipe of all) stdout.write(`${JSON.stringify(recipe)}\n`);
    return;
  }
  const styles = stylesFor(stdout, env);
  stdout.write(`Recipes for \`entrgi generate --recipe NAME\`; this machine has ${bytes(memory)}.\n`);
  for (const recipe of all) stdout.write(`\n${recipeLines(recipe, styles).join('\n')}\n`);
  stdout.write(`\n${styles.dim(MACHINE)}\n`);
};

const MACHINE = 'Measured: two cores of an Intel Xeon with AVX-512, random weights of the shapes.';

/** At most 80 columns each. */
const recipeLines = (
  { name, about, options, memory, checked, measured, fits }: Recipe & { name: string; fits: boolean },
  styles: Styles,
): string[] => {
  const { denoiser, reward, attention, blockLength, preset, method, dtype, templateVariables } = options;
  const dtypes =
    typeof dtype === 'object' ? [...new Set(Object.values(dtype))].join(', ') : (dtype ?? 'fp32');
  const how = [
    dtypes,
    preset && `preset ${preset}`,
    method && `method ${method}`,
    attention === 'block-causal' && `blocks of ${blockLength}`,
    ...Object.entries(templateVariables ?? {}).map(
      ([variable, value]) => `${variable}=${JSON.stringify(value)}`,
    ),
  ];
  const room = fits ? styles.green('fits') : styles.red('does not fit');
  const line = (what: string, value: string) => `  ${styles.dim(what.padEnd(9))} ${value}`;
  return [
    `${styles.bold(name)}: ${about}`,
    line('denoiser', String(denoiser ?? 'embedded')),
    line('reward', String(reward ?? 'embedded')),
    line('how', how.filter(Boolean).join('; ')),
    line(
      'memory',
      `${bytes(memory.bytes)} ${memory.from === 'measured' ? 'measured' : 'of weights, not measured'}: ${room}`,
    ),
    ...(measured ?? []).map((run) => line('time', timeOf(run))),
    ...(measured === undefined ? [line('time', 'not measured')] : []),
    line('checked', checkedAs[checked]),
  ];
};

const timeOf = (run: NonNullable<Recipe['measured']>[number]): string => {
  const { guided, tokens, secondsPerStep, tokensPerSecond } = run;
  const step = `${secondsPerStep} s a ${guided ? 'guided' : 'plain'} step of ${tokens} tokens`;
  const speed = tokensPerSecond === undefined ? '' : `, ${tokensPerSecond} tokens/s`;
  return `${step}${speed}, ${bytes(run.bytes)}`;
};

const checkedAs = {
  weights: 'with these files',
  shape: 'with random weights of their shape',
  architecture: 'their architectures against PyTorch; not these files',
} as const;
