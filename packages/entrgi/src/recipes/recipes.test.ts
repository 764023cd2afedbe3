import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planGeneration } from '../plan-generation.js';
import { recipes } from './index.js';
import type { Recipe } from './recipe.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe.each(Object.entries<Recipe>(recipes))('%s', (name, { about, options, memory }) => {
  test('has options that go together', () => {
    const { settings, method } = planGeneration({ ...options, prompt: 'A cat' });
    expect(method).toBe(options.method ?? 'entrgi');
    expect(settings.trajectories).toBeGreaterThan(0);
  });

  test('is in the README as it is', () => {
    const row = [
      `\`${name}\``,
      about,
      options.denoiser ?? 'embedded',
      options.reward ?? 'embedded',
      `${(memory.bytes / 1e9).toFixed(1)} GB${memory.from === 'measured' ? ', measured' : ''}`,
    ];
    expect(readme).toContain(`| ${row.join(' | ')} |`);
  });
});
