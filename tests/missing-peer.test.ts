import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** A module that makes a package impossible to find, in this thread and in its workers. */
const hide = (name: string): string =>
  `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  const hooks = \`export const resolve = (specifier, context, next) => {
    if (specifier !== '${name}') return next(specifier, context);
    throw Object.assign(new Error("Cannot find package '${name}'"), { code: 'ERR_MODULE_NOT_FOUND' });
  };\`;
  register('data:text/javascript,' + encodeURIComponent(hooks));
`)}`;

/** What a program without the package prints. */
const printedWithout = (name: string, program: string): string => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--conditions=@entrgi/source',
      '--import',
      join(root, 'apps/cli/src/testing/run-source.js'),
      '--import',
      hide(name),
      '--input-type=module',
      '--eval',
      program,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
};

test('where onnxruntime-node is missing, an error says how to install it', () => {
  const printed = printedWithout(
    'onnxruntime-node',
    `
      import { BackendError, generate } from 'entrgi';
      const error = await generate({ prompt: 'Complete this story: A cat', steps: 1, maxNewTokens: 4 }).catch((e) => e);
      console.log(JSON.stringify([BackendError.isInstance(error), error.code, error.message, error.hint]));
    `,
  );
  const hint = 'Run `npm install onnxruntime-node@1.30.0`.';
  expect(JSON.parse(printed)).toEqual([
    true,
    'backend',
    `a first model cannot be loaded: onnxruntime-node cannot be loaded: Cannot find package 'onnxruntime-node'. ${hint}`,
    hint,
  ]);
}, 60_000);

test('so it does where @huggingface/transformers is', () => {
  const printed = printedWithout(
    '@huggingface/transformers',
    `
      import { BackendError } from '@entrgi/core';
      import { classificationReward } from '@entrgi/transformers';
      const error = await classificationReward('owner/model').catch((e) => e);
      console.log(JSON.stringify([BackendError.isInstance(error), error.message]));
    `,
  );
  expect(JSON.parse(printed)).toEqual([
    true,
    "@huggingface/transformers cannot be loaded: Cannot find package '@huggingface/transformers'. Run `npm install @huggingface/transformers@4.3.1`.",
  ]);
}, 60_000);
