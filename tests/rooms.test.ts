import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** More files than this, and a folder is several rooms. */
const MOST_FILES = 14;
const MEDIAN_LINES = 80;

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Every way round that a search in depth comes upon, as the nodes along it; none if and only if there is no circle. */
const circles = (graph: Graph): string[][] => {
  const found: string[][] = [];
  const isDone = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) found.push([...path.slice(start), node]);
    if (start >= 0 || isDone.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    isDone.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
};

/** Statements and dynamic imports, of types too. */
const IMPORT = /^(?:import|export)\s(?:[^;'"`]*?\sfrom\s)?'(\.[^']*)'|\bimport\('(\.[^']*)'\)/gm;

/** The files of a program by path, without tests and what only tests use, and the files that each imports. */
const importGraph = (source: string): Graph => {
  const files = readdirSync(source, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split('/').includes('testing'));
  const known = new Set(files);
  const importsOf = (file: string): Set<string> =>
    new Set(
      [...readFileSync(join(source, file), 'utf8').matchAll(IMPORT)]
        .map((match) => join(dirname(file), (match[1] ?? match[2])!.replace(/\.js$/, '.ts')))
        .filter((target) => known.has(target)),
    );
  return new Map(files.map((file) => [file, importsOf(file)]));
};

/** The doors of a program are above all of its rooms; what else lies at its root is a room like any other. */
const roomOf = (file: string): string =>
  ['index.ts', 'internal.ts', 'main.ts'].includes(file) ? file : dirname(file);

const roomGraph = (files: Graph): Graph => {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of files) {
    const room = roomOf(file);
    const others = rooms.get(room) ?? new Set();
    for (const target of targets) if (roomOf(target) !== room) others.add(roomOf(target));
    rooms.set(room, others);
  }
  return rooms;
};

const sources = ['packages', 'apps'].flatMap((kind) =>
  readdirSync(join(root, kind))
    .map((name) => `${kind}/${name}/src`)
    .filter((source) => existsSync(join(root, source))),
);
const graphs = new Map(sources.map((source) => [source, importGraph(join(root, source))]));

test('circles are found where there are any', () => {
  const graph = (arrows: Record<string, string[]>): Graph =>
    new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]));
  expect(circles(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([]);
  expect(circles(graph({ a: ['b'], b: ['c'], c: ['b'] }))).toEqual([['b', 'c', 'b']]);
  expect(circles(graph({ a: ['a'] }))).toEqual([['a', 'a']]);
});

test('imports are found, of types, for effect, exported and dynamic ones', () => {
  const text = `import { a } from './a.js';\nimport type {\n  B,\n} from './b.js';\nexport * from './c.js';\nimport './d.js';\nconst e = await import('./e.js');\n// from './f.js'`;
  expect([...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2])).toEqual(
    ['a', 'b', 'c', 'd', 'e'].map((name) => `./${name}.js`),
  );
});

describe.each([...graphs])('%s', (_, files) => {
  test('no file imports itself by way of others', () => {
    expect(circles(files).map((path) => path.join(' → '))).toEqual([]);
  });

  test('arrows between rooms run one way', () => {
    expect(circles(roomGraph(files)).map((path) => path.join(' → '))).toEqual([]);
  });

  test(`no room has more than ${MOST_FILES} files`, () => {
    const crowded = [...roomGraph(files).keys()].filter(
      (room) => [...files.keys()].filter((file) => roomOf(file) === room).length > MOST_FILES,
    );
    expect(crowded).toEqual([]);
  });
});

test(`half of all files have at most ${MEDIAN_LINES} lines`, () => {
  const lines = [...graphs].flatMap(([source, files]) =>
    [...files.keys()].map((file) => readFileSync(join(root, source, file), 'utf8').split('\n').length - 1),
  );
  lines.sort((a, b) => a - b);
  expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(MEDIAN_LINES);
});
