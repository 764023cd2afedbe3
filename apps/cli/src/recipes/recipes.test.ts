import { totalmem } from 'node:os';
import { recipes } from 'entrgi';
import { expect, test } from 'vitest';
import { entrgi } from '../testing/capture.js';

const small = ['--steps', '2', '--max-new-tokens', '4', '--trajectories', '1', '--json'];

test('recipes are shown within 80 columns, with what fits', async () => {
  const { status, stdout } = await entrgi(['models']);
  expect(status).toBe(0);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  for (const name of Object.keys(recipes)) expect(stdout).toContain(`\n${name}: `);
  const [, sdar] = stdout.split('\nsdar-1.7b: ');
  expect(sdar).toContain('time      0.55 s a plain step of 4 tokens, 2.94 tokens/s, 1.6 GB\n');
  expect(sdar).toContain('time      1.37 s a guided step of 4 tokens, 1 tokens/s, 3.4 GB\n');
  expect(stdout).toContain('time      not measured\n');
  expect(stdout).toContain('two cores of an Intel Xeon with AVX-512');
});

test('recipes are shown as JSON', async () => {
  const { stdout } = await entrgi(['models', '--json']);
  const shown = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(shown.map(({ name }) => name)).toEqual(Object.keys(recipes));
  for (const { fits, memory } of shown) if (memory.bytes > totalmem()) expect(fits).toBe(false);
});

test('a recipe is what its options say, and what is said goes before it', async () => {
  const prompt = 'Complete this story: A cat';
  const plain = await entrgi(['generate', prompt, ...small]);
  const { texts } = JSON.parse(plain.stdout);
  const byRecipe = await entrgi(['generate', prompt, '--recipe', 'stories', ...small]);
  expect(JSON.parse(byRecipe.stdout).texts).toEqual(texts);
  // Its denoiser is not there, but another is said; what is left of it is a dtype that this one cannot have.
  const other = await entrgi([
    'generate',
    prompt,
    '--recipe',
    'dream-7b',
    '--reward',
    'confidence',
    '--denoiser',
    '/nowhere',
    ...small,
  ]);
  expect(other.status).toBe(1);
  expect(other.stderr).toContain('/nowhere');
});

test('a recipe that there is not is refused with those that there are', async () => {
  const { status, stderr } = await entrgi(['generate', 'A cat', '--recipe', 'cake']);
  expect(status).toBe(2);
  expect(stderr).toContain('expected one of stories, a2d-0.6b');
});
