import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Case, Section, SectionSettings } from './cases/section.js';
import { dreamShape, skyworkShape } from './checkpoints/shapes.js';
import * as sections from './sections/index.js';

const cache = mkdtempSync(join(tmpdir(), 'entrgi-'));
afterAll(() => rmSync(cache, { recursive: true }));

const settings = {
  cache,
  models: ['embedded'],
  dtypes: ['fp32', 'q4'],
  promptLengths: [64, 300],
  trajectories: [2],
  vocabularies: [2100],
  threads: [1, 2],
  responseLength: 8,
  steps: 4,
  guidanceSteps: 1,
} as const;

const casesOf = async (section: Section, changes: Partial<SectionSettings> = {}) => {
  const cases: Case[] = [];
  for await (const work of section({ ...settings, ...changes })) cases.push(work);
  return cases;
};

describe.each(Object.entries<Section>(sections))('%s', (name, section) => {
  test('has cases whose sides refer to each other, carry what JSON can, and have equal columns', async () => {
    const cases = await casesOf(section);
    expect(cases.length).toBeGreaterThan(1);
    expect(new Set(cases.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(cases.length);
    for (const { parameters, sides } of cases) {
      expect(Object.keys(parameters)).toEqual(Object.keys(cases[0]!.parameters));
      const names = sides.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      // The switches and the arithmetic are ours alone.
      const isOurs = ['switches', 'arithmetic'].includes(name);
      expect(sides.some(({ engine }) => engine === 'pytorch')).toBe(!isOurs);
      for (const { against, sameAs, approximates, workload } of sides) {
        for (const other of [against, sameAs, approximates]) expect(names).toContain(other ?? names[0]);
        expect(JSON.parse(JSON.stringify(workload))).toEqual(workload);
      }
    }
  });
});

test('dtypes after the first are sides of the same case, and may differ', async () => {
  const names = async (section: Section, dtypes: SectionSettings['dtypes']) => {
    const cases = await casesOf(section, { dtypes });
    expect(new Set(cases.map(({ parameters }) => parameters.dtype))).toEqual(new Set([dtypes[0]]));
    for (const { name, sameAs, approximates } of cases[0]!.sides) {
      expect(sameAs === undefined || approximates === undefined).toBe(true);
      if (/q\d/.test(name)) expect(approximates).toBe(name.replace(/, q.*/, ''));
    }
    return cases[0]!.sides.map(({ name }) => name).filter((name) => /q\d/.test(name));
  };
  expect(await names(sections.reward, ['fp32', 'q8', 'q4'])).toEqual([
    'reward, q8',
    'reward + gradient, q8',
    'reward, q4',
    'reward + gradient, q4',
  ]);
  expect(await names(sections.denoiser, ['fp32', 'auto', 'q4'])).toEqual([
    'denoiser step, q4',
    'denoiser step, q4, int8 activations',
  ]);
  expect(await names(sections.denoiser, ['q4'])).toEqual(['denoiser step, q4, int8 activations']);
});

test('7b in generation: weights of 4 bits fit into 24 GB, and PyTorch’s of 32 bits do not', async () => {
  // Checkpoints that are there are not made.
  for (const [name, { config }] of [
    ['dream-7b', dreamShape()] as const,
    ['skywork-0.6b', skyworkShape()] as const,
  ]) {
    mkdirSync(join(cache, name));
    writeFileSync(join(cache, name, 'config.json'), JSON.stringify(config));
    writeFileSync(join(cache, name, 'model.safetensors'), '');
  }
  const [{ sides } = {} as Case] = await casesOf(sections.generation, { models: ['7b'], dtypes: ['q4'] });
  const bytes = sides.map(({ engine, weightBytes }) => [engine, weightBytes > 24 * 2 ** 30]);
  expect(bytes).toEqual([
    ['entrgi', false],
    ['pytorch', true],
  ]);
});

test('switches: the rest of the work is the same in all sides, and some of the steps are idle', async () => {
  const steps = async (changes: Partial<SectionSettings>) => {
    const [{ parameters, sides } = {} as Case] = await casesOf(sections.switches, changes);
    const [first, ...others] = sides.map(({ workload }) => workload);
    for (const other of others) expect({ ...other, switches: {} }).toEqual(first);
    return [parameters.response, parameters.steps];
  };
  expect(await steps({ responseLength: 8, steps: 12 })).toEqual([8, 12]);
  expect(await steps({ responseLength: 128, steps: 8 })).toEqual([16, 24]);
});
