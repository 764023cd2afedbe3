import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generateOptionNames } from './generate-options.js';
import * as entrgi from './index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** What an example of the README prints. */
const printedBy = async (example: string): Promise<unknown[][]> => {
  const printed: unknown[][] = [];
  const body = example.replace(/import (\{.*\}) from 'entrgi';/, 'const $1 = entrgi;');
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('entrgi', 'console', body)(entrgi, {
    log: (...words: unknown[]) => printed.push(words),
  });
  return printed;
};

describe('the README', () => {
  const [streaming, together] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, example]) => example!);

  test('streams a story', async () => {
    const printed = await printedBy(streaming!);
    expect(printed.slice(0, -1).map(([step]) => step)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(printed.at(-1)).toEqual([expect.stringMatching(/\w+ \w+ \w+/), expect.any(Number)]);
  });

  test('answers two prompts with models loaded once', async () => {
    const text = [expect.stringMatching(/\w+ \w+/)];
    expect(await printedBy(together!)).toEqual([text, text]);
  });

  test('names every option', () => {
    const table = readme.slice(readme.indexOf('| option'), readme.indexOf('**Defaults.**'));
    for (const name of Object.keys(generateOptionNames)) expect(table).toContain(`\`${name}\``);
  });
});
