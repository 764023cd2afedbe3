import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BackendError, InvalidArgumentError, type ModelSource, type Tensor } from '@entrgi/core';
import { backendCases } from '@entrgi/core/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeBackend } from './index.js';

const folder = fileURLToPath(new URL('../fixtures', import.meta.url));
const model = (name: string): ModelSource => ({
  name,
  bytes: readFileSync(`${folder}/${name}.onnx`),
  folder,
});

describe.each([
  { worker: false, name: 'node' },
  { worker: true, name: 'node (worker)' },
])('nodeBackend($worker)', ({ worker, name }) => {
  const make = () => nodeBackend({ threads: 1, worker });
  const backend = make();
  afterAll(() => backend.dispose());

  it('has a name', () => expect(backend.name).toBe(name));

  it.each(backendCases)('$name', ({ run }) => run({ backend, make, model: async (of) => model(of) }));

  it('refuses a type that the runtime lacks, and a folder that is not there', async () => {
    const bad: [ModelSource, string][] = [
      [model('identity-bfloat16'), 'identity-bfloat16 cannot be loaded: Unsupported data type'],
      [{ ...model('affine'), folder: `${folder}/none` }, 'affine cannot be loaded'],
    ];
    for (const [source, message] of bad) {
      const error = await backend.createSession(source).catch((caught) => caught);
      expect(error).toBeInstanceOf(BackendError);
      expect(error.message).toContain(message);
      expect(error.code).toBe('backend');
    }
  });

  it('refuses a number of threads below one', () => {
    expect(() => nodeBackend({ threads: 1.5 })).toThrow(InvalidArgumentError);
  });
});

describe('nodeBackend({ worker: true })', () => {
  const n = 512;
  const identity = (): Tensor => {
    const data = new Float32Array(n * n);
    for (let i = 0; i < n; i++) data[i * n + i] = 1;
    return { type: 'float32', dims: [n, n], data };
  };
  /** Ticks of a one-millisecond timer while `work` runs. */
  const ticksDuring = async (work: () => Promise<unknown>): Promise<number> => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await work();
    clearInterval(timer);
    return ticks;
  };

  it('keeps the event loop turning during a run', async () => {
    const inside = nodeBackend({ threads: 1 });
    const beside = nodeBackend({ threads: 1, worker: true });
    const blocking = await inside.createSession(model('slow'));
    const responsive = await beside.createSession(model('slow'));
    const x = identity();
    expect(await ticksDuring(() => blocking.run({ x }))).toBeLessThanOrEqual(2);
    expect(await ticksDuring(() => responsive.run({ x }))).toBeGreaterThan(5);
    await Promise.all([inside.dispose(), beside.dispose()]);
  });
});
