import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Case, Section } from './section.js';
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

describe.each(Object.entries<Section>(sections))('%s', (_, section) => {
  test('has cases whose sides refer to each other, carry what JSON can, and have equal columns', async () => {
    const cases: Case[] = [];
    for await (const work of section(settings)) cases.push(work);
    expect(cases.length).toBeGreaterThan(1);
    expect(new Set(cases.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(cases.length);
    for (const { parameters, sides } of cases) {
      expect(Object.keys(parameters)).toEqual(Object.keys(cases[0]!.parameters));
      const names = sides.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(sides.some(({ engine }) => engine === 'pytorch')).toBe(true);
      for (const { against, sameAs, workload } of sides) {
        expect(names).toContain(against ?? names[0]);
        expect(names).toContain(sameAs ?? names[0]);
        expect(JSON.parse(JSON.stringify(workload))).toEqual(workload);
      }
    }
  });
});
