import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const ignored = new Set([
  'node_modules',
  'dist',
  '.git',
  '.site',
  '.cache',
  '.turbo',
  '.changeset',
  'CHANGELOG.md',
]);

const markdownFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !ignored.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return markdownFiles(path);
      return entry.name.endsWith('.md') ? [path] : [];
    });

const prose = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');

/** What GitHub and VitePress make of headings: small letters, without punctuation, hyphens for spaces. */
const anchors = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('every relative link in every page leads somewhere', () => {
  const files = markdownFiles(root);
  expect(files.length).toBeGreaterThan(30);
  const broken: string[] = [];
  for (const file of files) {
    for (const [, target] of prose(file).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path = '', hash] = target!.split('#');
      const to =
        path === '' ? file : path.startsWith('/') ? join(root, 'docs', path) : join(dirname(file), path);
      const page = existsSync(to) && statSync(to).isDirectory() ? join(to, 'README.md') : to;
      const leads =
        existsSync(to) && (hash === undefined || (existsSync(page) && anchors(page).includes(hash)));
      if (!leads) broken.push(`${relative(root, file)}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('the index of decisions names each, by its own title', () => {
  const folder = join(root, 'docs', 'decisions');
  const titles = readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .map((name) => {
      const [heading = ''] = readFileSync(join(folder, name), 'utf8').split('\n');
      return `[${heading.replace(/^# /, '').replace(/ \(\d{4}-\d\d-\d\d\)$/, '')}](${name})`;
    });
  const index = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^- (\[.*\]\(.*\))$/gm);
  expect([...index].map(([, entry]) => entry).toSorted()).toEqual(titles.toSorted());
});
