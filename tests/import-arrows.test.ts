import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Who may import whom (docs: the table of packages in CONTRIBUTING.md). Everything else is an error. */
const arrows: Record<string, readonly string[]> = {
  core: [],
  onnx: ['core'],
  autodiff: ['core', 'onnx'],
  'backend-node': ['core'],
  'backend-web': ['core'],
  models: ['core', 'onnx'],
  rewards: ['core', 'onnx', 'autodiff', 'models'],
  samplers: ['core'],
  'tiny-stories': [],
  transformers: ['core'],
  entrgi: ['core', 'onnx', 'autodiff', 'backend-node', 'models', 'rewards', 'samplers', 'tiny-stories'],
  evaluation: ['core', 'models', 'onnx', 'rewards', 'samplers', 'tiny-stories', 'transformers', 'entrgi'],
};

/** What the package of a folder is called: the front door is the one without a scope. */
const packageName = (folder: string): string => (folder === 'entrgi' ? 'entrgi' : `@entrgi/${folder}`);

const isOurs = (specifier: string): boolean => specifier === 'entrgi' || specifier.startsWith('@entrgi/');

/** Packages that only one of ours may import. */
const exclusive: Record<string, string> = {
  '@huggingface/hub': 'models',
  '@huggingface/jinja': 'models',
  '@huggingface/transformers': 'transformers',
  'onnxruntime-node': 'backend-node',
  'onnxruntime-web': 'backend-web',
};

const publishable = readdirSync(join(root, 'packages')).filter(
  (name) => name !== 'config' && existsSync(join(root, 'packages', name, 'package.json')),
);

const sources = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\.test\.ts$/.test(file) && !/[\\/](fixtures|testing)[\\/]/.test(file));

/** Statements at the start of a line, and dynamic imports of a literal; not words in messages and comments. */
const IMPORT = /^(?:import|export)\s(?:[^;'"`]*?\sfrom\s)?'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm;

const imports = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => (match[1] ?? match[2])!);

test('every package has its arrows', () => {
  expect(publishable.toSorted()).toEqual(Object.keys(arrows).toSorted());
});

describe.each(publishable)('%s', (name) => {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  const allowed = arrows[name]!.map(packageName);

  test('depends only on the packages it may import', () => {
    const ours = Object.keys(manifest.dependencies ?? {}).filter((dependency) => isOurs(dependency));
    expect(allowed).toEqual(expect.arrayContaining(ours));
  });

  test('imports only what it declares and may import', () => {
    const declared = new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
    ]);
    const wrong = sources(join(root, 'packages', name, 'src')).flatMap((file) =>
      imports(file)
        // Of Node, or of the package itself, by its own `imports`.
        .filter((specifier) => !/^(node:|#)/.test(specifier))
        .map((specifier) => specifier.match(/^(@[^/]+\/[^/]+|[^/]+)/)![1]!)
        .filter(
          (target) =>
            !declared.has(target) ||
            (isOurs(target) && !allowed.includes(target)) ||
            (target in exclusive && exclusive[target] !== name),
        )
        .map((target) => `${file.slice(root.length + 1)} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('has a manifest fit for publishing', () => {
    expect(manifest).toMatchObject({ name: packageName(name), license: 'MIT', type: 'module' });
    expect(manifest.private).toBeUndefined();
    for (const file of ['README.md', 'tsconfig.json', 'tsup.config.ts', 'vitest.config.ts']) {
      expect(existsSync(join(root, 'packages', name, file)), file).toBe(true);
    }
  });
});

test.each(['core', 'models', 'rewards', 'samplers', 'backend-web', 'transformers'])(
  '%s loads where there is no Node',
  (name) => {
    const staticImport = /^(?:import|export)\s(?!type\b)(?:[^;'"`]*?\sfrom\s)?'(node:[^']*)'/gm;
    const wrong = sources(join(root, 'packages', name, 'src'))
      // What is there twice, once for browsers.
      .filter((file) => !/platform.node/.test(file))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(staticImport)].map((match) => `${file} imports ${match[1]}`),
      );
    expect(wrong).toEqual([]);
  },
);

test('core imports nothing, not even at run time', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
});
