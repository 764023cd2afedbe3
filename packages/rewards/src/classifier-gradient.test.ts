import { appendGradient } from '@entrgi/autodiff';
import { nodeBackend } from '@entrgi/backend-node';
import type { Tensor } from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import {
  classifierFixtures,
  type FixtureTensor,
  fixture,
  fixtureNumbers,
  relativeError,
} from '../../models/fixtures/fixture.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const float32 = ({ dims, data }: FixtureTensor): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data),
});
const int64 = ({ dims, data }: FixtureTensor): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});

describe('the gradient of every architecture', () => {
  it.each(classifierFixtures)('%s: is that of PyTorch', async (name) => {
    const numbers = (await fixtureNumbers(name)).classifier!.embeds;
    const classifier = await loadClassifier(fixture(name));
    const g = new GraphBuilder();
    const embeds = g.input('embeds', 'float32', ['batch', 'length', classifier.width]);
    const attention = g.input('attention', 'int64', ['batch', 'length']);
    const segments = g.input('segments', 'int64', ['batch', 'length']);
    const ids = g.Expand(g.int64s([-1]), g.Shape(attention));
    const rewards = classifier.rewards(g, { embeds, attention, segments, ids });
    const [gradient] = appendGradient(g, { of: rewards, wrt: [embeds] });
    g.output(gradient!, 'gradient');
    const session = await backend.createSession({
      bytes: encodeModel(g.model()),
      ...(await classifier.external()),
    });
    const outputs = await session.run({
      embeds: float32(numbers.embeds),
      attention: int64(numbers.attention),
      segments: int64(numbers.segments),
    });
    expect(relativeError(outputs.gradient!.data as Float32Array, numbers.gradient.data)).toBeLessThan(1e-4);
    await session.dispose();
  });
});
