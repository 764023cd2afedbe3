import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** A module that makes onnxruntime-node impossible to find, in this thread and in its workers. */
const hide = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  const hooks = \`export const resolve = (specifier, context, next) => {
    if (specifier !== 'onnxruntime-node') return next(specifier, context);
    throw Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: 'ERR_MODULE_NOT_FOUND' });
  };\`;
  register('data:text/javascript,' + encodeURIComponent(hooks));
`)}`;

const program = `
  import { BackendError, generate } from 'entrgi';
  const error = await generate({ prompt: 'Complete this story: A cat', steps: 1, maxNewTokens: 4 }).catch((e) => e);
  console.log(JSON.stringify([BackendError.isInstance(error), error.code, error.message, error.hint]));
`;

test('where onnxruntime-node is missing, an error says how to install it', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--conditions=@entrgi/source',
      '--import',
      join(root, 'apps/cli/src/testing/run-source.js'),
      '--import',
      hide,
      '--input-type=module',
      '--eval',
      program,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const hint = 'Run `npm install onnxruntime-node@1.30.0`.';
  expect(JSON.parse(stdout)).toEqual([
    true,
    'backend',
    `a first model cannot be loaded: onnxruntime-node cannot be loaded: Cannot find package 'onnxruntime-node'. ${hint}`,
    hint,
  ]);
}, 60_000);
