import { readdirSync, readFileSync } from 'node:fs';
import type { Tensor } from '@entrgi/core';
import { decodeModel } from '@entrgi/onnx';
import { describe, expect, it } from 'vitest';
import { differentiate } from './differentiate.js';
import { numbersOf, relativeDifference, tensorOf } from './testing/numbers.js';
import { runOnce } from './testing/run-model.js';

interface Stored {
  readonly type: 'int64' | 'float64';
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** What PyTorch computed in float64 for an exported model; see make-exports.py. */
interface Expected {
  readonly of: string;
  readonly index: number;
  readonly wrt: string;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly embeds: Stored;
  readonly logits: Stored;
  readonly gradient: Stored;
}

const folder = new URL('../../onnx/fixtures/exports/', import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.onnx') ? [file.slice(0, -5)] : []));

const int64 = ({ dims, data }: Stored): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});

describe('models as torch exports them', () => {
  it.each(
    names.flatMap((name) => [
      [name, ''],
      [name, ', with forward values computed again'],
    ]),
  )('%s: logits and the gradient of the word embeddings equal those of PyTorch%s', async (name, again) => {
    const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Expected;
    const model = decodeModel(readFileSync(new URL(`${name}.onnx`, folder)));
    const { of, index, wrt } = expected;
    const result = differentiate(model, { of, index, wrt, recompute: again !== '' });
    const feeds: Record<string, Tensor> = {
      [wrt]: tensorOf('float32', expected.embeds.dims, expected.embeds.data),
    };
    for (const input of result.graph.inputs.keys()) {
      if (input !== wrt) feeds[input] = int64(expected.inputs[input]!);
    }
    const outputs = await runOnce(result, feeds);
    expect(relativeDifference(numbersOf(outputs[of]!), expected.logits.data), 'logits').toBeLessThan(1e-4);
    const gradient = outputs[`gradient/${wrt}`]!;
    expect(gradient.dims).toEqual(expected.gradient.dims);
    expect(relativeDifference(numbersOf(gradient), expected.gradient.data), 'gradient').toBeLessThan(1e-4);
  });
});
