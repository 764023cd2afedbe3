import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { evalCommand } from '../commands/eval.js';
import type { Context } from '../process/context.js';
import { settingsAsOptions, withoutOption } from './settings-as-options.js';

const of = (name: string, found: unknown) => settingsAsOptions([{ name, asked: undefined, found }]);

test('it says the options that give a setting, and which to leave out', () => {
  expect(of('topK', 50)).toBe('say --top-k 50');
  expect(of('cacheBlocks', true)).toBe('say --cache-blocks');
  expect(of('dtype.reward', 'q8')).toBe('say --reward-dtype q8');
  expect(of('dtype', 'q8')).toBe('say --denoiser-dtype q8 --reward-dtype q8');
  expect(of('response', ["It's", null])).toBe(`say --response '["It'\\''s",null]'`);
  expect(of('templateVariables.thinking', false)).toBe('leave out --template-variable thinking');
  expect(of('templateVariables.tone', 'dry')).toBe(`say --template-variable tone='"dry"'`);
  expect(of('filterHard', true)).toBe('have "filterHard": true in a file for --config');
  expect(of('judge (hash)', undefined)).toBe('say --judge none');
  expect(of('reward (hash)', 'ab')).toBe('name by --reward the one whose files have the hash ab');
  expect(
    settingsAsOptions([
      { name: 'steps', asked: 4, found: 8 },
      { name: 'guidanceSteps', asked: 1, found: 3 },
      { name: 'topK', asked: 50, found: undefined },
    ]),
  ).toBe('say --steps 8 --guidance-steps 3, and leave out --top-k');
});

test('every setting that a configuration may have is asked for by options that there are', async () => {
  const path = fileURLToPath(import.meta.resolve('@entrgi/evaluation/evaluation.schema.json'));
  const { properties } = JSON.parse(await readFile(path, 'utf8'));
  const options = evalCommand({} as Context).options.map(({ long }) => long);
  // Where files lie and what memory they may take is in no journal.
  const ofThisMachine = ['cacheDir', 'quantizedDir', 'memoryLimit', 'disablePrepacking'];
  const notSettings = ['$schema', 'judgeOptions', 'templateVariables', ...ofThisMachine];
  for (const name of Object.keys(properties).filter((each) => !notSettings.includes(each))) {
    const flags = of(name, 'x').match(/--[a-z-]+/g);
    if (withoutOption.has(name)) expect(flags).toEqual(['--config']);
    else for (const flag of flags!) expect(options).toContain(flag);
  }
});
