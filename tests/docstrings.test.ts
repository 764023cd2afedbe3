import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

const filesIn = (folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
    : [];

const docstrings = readdirSync(join(root, 'packages'))
  .flatMap((name) => filesIn(join('packages', name, 'src')))
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
  .flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^[ \t]*\/\*\*.*?\*\//gmsu)].map(([text]) => ({
      path,
      text,
    })),
  );

test('docstrings of packages are no wider than 110 columns', () => {
  const wide = docstrings.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => line.length > 110 && !/https?:/.test(line))
      .map((line) => `${path}: ${line}`),
  );
  expect(wide).toEqual([]);
});

test('what holds where nothing is said, and what is thrown, are tags that editors know', () => {
  const prose = docstrings.filter(({ text }) => /(?<!@)\bDefault: |[.] Throws [A-Z]/.test(text));
  expect(prose.map(({ path, text }) => `${path}: ${text}`)).toEqual([]);
});
