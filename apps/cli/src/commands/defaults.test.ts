import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaults, embeddedSettings } from 'entrgi';
import { describe, expect, it } from 'vitest';
import type { Context } from '../process/context.js';
import { generateCommand } from './generate.js';

const source = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../packages/${path}`, import.meta.url)), 'utf8');

/** What the libraries' docstrings say of their options: `@default`, by the option's name. */
const documented = new Map(
  [
    'entrgi/src/settings/settings.ts',
    'entrgi/src/generate-options.ts',
    'entrgi/src/models/model-options.ts',
    'samplers/src/options/preset.ts',
  ].flatMap((path) =>
    [...source(path).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)/g)].flatMap(
      ([, doc, name]) => {
        const text = doc!.replace(/\s*\n\s*\* ?/g, ' ').trim();
        const said = /@default (.*)$/.exec(text)?.[1];
        return said === undefined ? [] : [[name!, said.replaceAll('`', '')] as const];
      },
    ),
  ),
);

/** The same of the help, flag by flag. */
const shown = generateCommand({} as Context).options.flatMap((option) => {
  const said = /\(default: ([^)]*)\)/.exec(option.description)?.[1] ?? option.defaultValue;
  return said === undefined ? [] : [[option.attributeName(), String(said)] as const];
});

/** In other words, or of one model alone. */
const reworded = new Map([
  ['denoiser', ['the embedded one', 'embedded']],
  ['reward', ['the embedded one', 'embedded']],
  ['lookEvery', ['an eighth of the steps', 'an eighth of them']],
  ['remaskingShare', ['0.02, 0.05 of rescale, 1 of conf', '0.02; 0.05 of rescale, 1 of conf']],
  ['resampleBelow', ['1, at every look', '1']],
  [
    'budgetPasses',
    [
      'what the guided method entrgi costs with the same settings and seed, which is run first',
      'what entrgi takes, which is run first',
    ],
  ],
]);

describe('defaults that the help restates', () => {
  it.each(shown)('%s: %s, as the library has it', (name, said) => {
    const resolved = (defaults as unknown as Record<string, unknown>)[name];
    if (resolved !== undefined) {
      const embedded = (embeddedSettings as unknown as Record<string, unknown>)[name];
      const both = embedded === undefined || embedded === resolved;
      expect(said).toBe(both ? String(resolved) : `${resolved}; ${embedded} with the embedded denoiser`);
    } else if (documented.has(name)) {
      expect([documented.get(name), said]).toEqual(
        reworded.get(name) ?? [documented.get(name), documented.get(name)],
      );
    } else {
      // Flags of the command line alone, and those that are another's: revision is that of the hub's options.
      expect(['denoiserDtype', 'rewardDtype', 'revision', 'minimumCoverage', 'topK', 'preset']).toContain(
        name,
      );
    }
  });

  it('are all there, but for those that are nothing', () => {
    const flags = new Set(shown.map(([name]) => name));
    const options = generateCommand({} as Context).options.map((option) => option.attributeName());
    expect(options.filter((name) => documented.has(name) && !flags.has(name))).toEqual([
      'cacheBlocks',
      'response',
    ]);
  });
});
