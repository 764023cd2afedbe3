import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filters, optimizers, relaxations } from '@entrgi/core';
import { denoiserOptionNames } from '@entrgi/models/internal';
import { rewardOptionNames } from '@entrgi/rewards/internal';
import { orders, presets, schedules } from '@entrgi/samplers';
import { methodNames } from 'entrgi';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = (directory: string) => readFileSync(join(root, directory, 'README.md'), 'utf8');

/** Names in code in some text: `topP(p)` is topP. */
const namesIn = (text: string) => [...text.matchAll(/`(\w+)(?:\([^`]*\))?`/g)].map(([, name]) => name!);

/** The cells of the rows of the table whose heading begins so. */
const rowsUnder = (markdown: string, heading: string): string[][] => {
  const from = markdown.indexOf(`| ${heading}`);
  expect(from, `a table with the heading ${heading}`).toBeGreaterThanOrEqual(0);
  const [table] = markdown.slice(from).split(/\n(?!\|)/);
  return table!
    .split('\n')
    .slice(2)
    .map((row) => row.split(/(?<!\\)\|/).slice(1, -1));
};

/** The cell beside one, found by its content. */
const cellBeside = (markdown: string, first: string): string => {
  const row = markdown.split('\n').find((line) => line.startsWith(`| ${first}`));
  expect(row, `a row that begins with ${first}`).toBeDefined();
  return row!.slice(row!.indexOf('|', 1));
};

const sorted = (names: Iterable<string>) => [...names].toSorted();
const firstNames = (rows: string[][]) => rows.map(([first]) => namesIn(first!)[0]!);

test.each(Object.entries({ relaxations, optimizers, filters }))(
  'core lists the %s that there are',
  (name, variants) => {
    const [, cell] = cellBeside(readme('packages/core'), `\`${name}\``).split('|');
    expect(sorted(namesIn(cell!))).toEqual(sorted(Object.keys(variants)));
  },
);

test.each(Object.entries({ orders, presets }))('samplers lists the %s that there are', (name, variants) => {
  const listed = firstNames(rowsUnder(readme('packages/samplers'), `\`${name}\``));
  expect(sorted(listed)).toEqual(sorted(Object.keys(variants)));
});

test('samplers lists the schedules that there are', () => {
  const [, sentence] = /`schedules`: ([\s\S]*?)\. /.exec(readme('packages/samplers'))!;
  expect(sorted(namesIn(sentence!))).toEqual(sorted(Object.keys(schedules)));
});

test('the command line lists the presets and the methods that there are', () => {
  const text = readme('apps/cli');
  const [, , described] = cellBeside(text, '`--preset NAME`').split('|');
  expect(sorted(namesIn(described!))).toEqual(sorted(Object.keys(presets)));
  const [, , methods] = cellBeside(text, '`--method NAME`').split('|');
  const listed = [...methods!.matchAll(/`([\w-]+)`/g)].map(([, name]) => name!);
  expect(sorted(listed)).toEqual(sorted(methodNames));
});

test('how guidance works explains the relaxations that there are', () => {
  const page = readFileSync(join(root, 'docs/how-guidance-works.md'), 'utf8');
  expect(sorted(firstNames(rowsUnder(page, 'method ')))).toEqual(sorted(Object.keys(relaxations)));
});

test.each([
  ['loadDenoiser', 1, denoiserOptionNames],
  ['loadReward', 2, rewardOptionNames],
] as const)('models lists the options of %s', (_, column, options) => {
  const rows = rowsUnder(readme('packages/models'), 'option   ').filter((row) => row[column]!.includes('✓'));
  expect(sorted(rows.flatMap(([names]) => namesIn(names!)))).toEqual(sorted(Object.keys(options)));
});
