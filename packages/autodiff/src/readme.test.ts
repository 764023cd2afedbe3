import { readFileSync } from 'node:fs';
import type { Tensor } from '@entrgi/core';
import { decodeModel, encodeModel } from '@entrgi/onnx';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { differentiate } from './index.js';

it('does what the example in the README says', async () => {
  const fixture = (end: string) =>
    new URL(`../../onnx/fixtures/exports/bert-dynamo-18${end}`, import.meta.url);
  const expected = JSON.parse(readFileSync(fixture('.json'), 'utf8'));
  const ids = (name: string) =>
    new RuntimeTensor(
      'int64',
      BigInt64Array.from(expected.inputs[name].data as number[], BigInt),
      expected.inputs[name].dims,
    );
  const scope = {
    differentiate,
    encodeModel,
    InferenceSession,
    readModelFile: async () => decodeModel(readFileSync(fixture('.onnx'))),
    feeds: {
      [expected.wrt]: new RuntimeTensor(
        'float32',
        Float32Array.from(expected.embeds.data),
        expected.embeds.dims,
      ),
      ...Object.fromEntries(Object.keys(expected.inputs).map((name) => [name, ids(name)])),
    },
  };
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const body = (/```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '')
    .replace(/^import .*$/gm, '')
    .replaceAll("'embeddings'", JSON.stringify(expected.wrt))
    .replaceAll('gradient/embeddings', `gradient/${expected.wrt}`);
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  const run = new AsyncFunction(
    ...Object.keys(scope),
    `${body}\nawait session.release(); return { logits, gradient };`,
  );
  const { logits, gradient }: Record<string, Tensor> = await run(...Object.values(scope));
  expect(Array.from(logits!.data as Float32Array)[0]).toBeCloseTo(expected.logits.data[0], 4);
  expect(Array.from(gradient!.data as Float32Array)[0]).toBeCloseTo(expected.gradient.data[0], 4);
});
