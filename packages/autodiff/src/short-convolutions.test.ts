import { readFileSync } from 'node:fs';
import type { Tensor } from '@entrgi/core';
import { decodeModel, GraphBuilder } from '@entrgi/onnx';
import { expect, it } from 'vitest';
import { differentiate } from './differentiate.js';
import { numbersOf, relativeDifference } from './testing/numbers.js';
import { runOnce } from './testing/run-model.js';

const fixture = new URL('../../models/fixtures/lfm2-fill', import.meta.url);

it('a network of short convolutions has the gradient that PyTorch gives it', async () => {
  const { ids, gradient } = JSON.parse(readFileSync(`${fixture.pathname}.json`, 'utf8')) as {
    ids: number[][];
    gradient: number[];
  };
  const model = decodeModel(readFileSync(`${fixture.pathname}.onnx`));
  const rows = model.graph.nodes.find(
    ({ opType, inputs }) => opType === 'Gather' && inputs[1] === 'input_ids',
  )!;
  // Under another name: it is the head, too.
  const table = [...model.graph.initializers.values()].find(({ dims }) => String(dims) === '296,16')!;
  const [, width] = table.dims as [number, number];
  const [batch, length, size] = [2, 11, 296];
  const g = new GraphBuilder(model.graph);
  // Of each logit, in their order, the cosine of its number.
  const weights = Float32Array.from({ length: batch * length * size }, (_, i) => Math.cos(i));
  const weight = g.constant({ type: 'float32', dims: [batch, length, size], data: weights });
  g.output(g.ReduceSum(g.Mul('logits', weight), null), 'sum');
  const embeds = rows.outputs[0]!;
  const result = differentiate(model, { of: 'sum', wrt: embeds });
  const data = Float32Array.from(
    ids.flat().flatMap((id) => [...(table.data as Float32Array).subarray(id * width, (id + 1) * width)]),
  );
  const feeds: Record<string, Tensor> = {
    [embeds]: { type: 'float32', dims: [batch, length, width], data },
    attention_mask: {
      type: 'int64',
      dims: [batch, length],
      data: new BigInt64Array(batch * length).fill(1n),
    },
    input_ids: { type: 'int64', dims: [batch, length], data: BigInt64Array.from(ids.flat(), BigInt) },
  };
  const needed = Object.fromEntries([...result.graph.inputs.keys()].map((name) => [name, feeds[name]!]));
  const outputs = await runOnce(result, needed);
  expect(relativeDifference(numbersOf(outputs[`gradient/${embeds}`]!), gradient)).toBeLessThan(1e-4);
});
