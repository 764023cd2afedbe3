import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BackendError } from '@entrgi/core';
import { afterAll, expect, it } from 'vitest';
import { requireOneRuntime } from './require-one-runtime.js';

const folder = mkdtempSync(join(tmpdir(), 'entrgi-runtimes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LIBRARY = '@huggingface/transformers';

/** A project with these packages, by their place in node_modules, and the address of a module of it. */
const project = (name: string, versions: Readonly<Record<string, string>>): string => {
  for (const [path, version] of Object.entries(versions)) {
    const place = join(folder, name, 'node_modules', path);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ version, main: 'index.js' }));
    writeFileSync(join(place, 'index.js'), '');
  }
  return pathToFileURL(join(folder, name, 'main.js')).href;
};

it.each([
  ['none', {}],
  ['no runtime', { [LIBRARY]: '4.3.1' }],
  ['one', { [LIBRARY]: '4.3.1', 'onnxruntime-node': '1.30.0' }],
  [
    'one, twice',
    {
      [LIBRARY]: '4.3.1',
      'onnxruntime-node': '1.30.0',
      [`${LIBRARY}/node_modules/onnxruntime-node`]: '1.30.0',
    },
  ],
])('says nothing of one version: %s', async (name, versions) => {
  await requireOneRuntime(project(name, versions));
});

it('says nothing of the versions that are installed here', () => requireOneRuntime());

it('refuses two versions, and says how there is one', async () => {
  const versions = {
    [LIBRARY]: '4.3.1',
    'onnxruntime-node': '1.31.0',
    [`${LIBRARY}/node_modules/onnxruntime-node`]: '1.30.0',
  };
  const failure = requireOneRuntime(project('two', versions));
  await expect(failure).rejects.toThrow(BackendError);
  await expect(failure).rejects.toThrow(
    'Expected one version of onnxruntime-node, got 1.31.0, and 1.30.0 of @huggingface/transformers. Run `npm install onnxruntime-node@1.30.0`.',
  );
});
