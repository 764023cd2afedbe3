import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generateOptionNames } from './generate-options.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  test('names every option', () => {
    const table = readme.slice(readme.indexOf('| option'), readme.indexOf('**Defaults.**'));
    for (const name of Object.keys(generateOptionNames)) expect(table).toContain(`\`${name}\``);
  });
});
