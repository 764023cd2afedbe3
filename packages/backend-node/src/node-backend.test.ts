import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  BackendError,
  type DataType,
  InvalidArgumentError,
  type ModelSource,
  type Tensor,
} from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeBackend } from './index.js';

const folder = fileURLToPath(new URL('../fixtures', import.meta.url));
const model = (name: string): ModelSource => ({
  name,
  bytes: readFileSync(`${folder}/${name}.onnx`),
  folder,
});
const float32 = (dims: number[], data: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data),
});

const samples: Partial<{ [K in DataType]: Tensor<K>['data'] }> = {
  float32: Float32Array.of(1.5, -2),
  float64: Float64Array.of(1e-300, Math.PI),
  float16: Uint16Array.of(0x3c00, 0xc000),
  int64: BigInt64Array.of(-(2n ** 62n), 7n),
  int32: Int32Array.of(-1, 2),
  int16: Int16Array.of(-300, 3),
  int8: Int8Array.of(-128, 127),
  uint64: BigUint64Array.of(2n ** 63n, 1n),
  uint32: Uint32Array.of(2 ** 31, 1),
  uint16: Uint16Array.of(65535, 0),
  uint8: Uint8Array.of(255, 0),
  bool: Uint8Array.of(1, 0),
  string: ['rabbit', 'kite'],
};

describe.each([
  { worker: false, name: 'node' },
  { worker: true, name: 'node (worker)' },
])('nodeBackend($worker)', ({ worker, name }) => {
  const backend = nodeBackend({ threads: 1, worker });
  afterAll(() => backend.dispose());

  it('has a name', () => expect(backend.name).toBe(name));

  it.each(Object.keys(samples) as DataType[])('passes %s through unchanged', async (type) => {
    const session = await backend.createSession(model(`identity-${type}`));
    const data = samples[type]!;
    const before = [...data];
    const { y } = await session.run({ x: { type, dims: [1, 2], data } as Tensor });
    expect(y).toEqual({ type, dims: [1, 2], data });
    expect([...data], 'the caller keeps its data').toEqual(before);
    await session.dispose();
  });

  it('takes views of larger buffers and tensors with no elements', async () => {
    const session = await backend.createSession(model('identity-float32'));
    const view = Float32Array.of(9, 9, 1, 2, 9).subarray(2, 4);
    const { y } = await session.run({ x: { type: 'float32', dims: [1, 2], data: view } });
    expect(y?.data).toEqual(Float32Array.of(1, 2));
    expect((await session.run({ x: float32([0, 2], []) })).y).toEqual(float32([0, 2], []));
    await session.dispose();
  });

  it.each([false, true])(
    'reads external data at any offset and of any type (weightsOnce: %s)',
    async (weightsOnce) => {
      const session = await backend.createSession(model('affine'), { weightsOnce, threads: 2 });
      expect(session.inputNames).toEqual(['x']);
      expect(session.outputNames).toEqual(['y', 'xW']);
      const x = float32([2, 2], [1, 0, 1, 1]);
      expect(await session.run({ x })).toEqual({
        y: float32([2, 3], [1.5, 1, 5, 5.5, 6, 11]),
        xW: float32([2, 3], [1, 2, 3, 5, 7, 9]),
      });
      expect(Object.keys(await session.run({ x }, { fetches: ['xW'] }))).toEqual(['xW']);
      expect(await session.run({ x }, { fetches: [] })).toEqual({});
      await session.dispose();
    },
  );

  it('refuses feeds that do not fit, with the value and what was expected', async () => {
    const session = await backend.createSession(model('affine'));
    const x = float32([1, 2], [1, 2]);
    const cases: [Record<string, Tensor>, string][] = [
      [{ x, z: x }, "affine has no input 'z'. It has 'x'."],
      [{}, "affine needs the input 'x'. It has 'x'."],
      [
        { x: { type: 'int32', dims: [1, 2], data: Int32Array.of(1, 2) } },
        'expected elements of type float32, got int32',
      ],
      [{ x: float32([2], [1, 2]) }, 'expected dims [n, 2], got [2]'],
      [{ x: float32([1, 3], [1, 2, 3]) }, 'expected dims [n, 2], got [1, 3]'],
      [{ x: float32([-1, 2], [1, 2]) }, 'expected dims that are whole numbers, got [-1, 2]'],
      [{ x: float32(null as never, [1, 2]) }, 'expected dims in an array, got null'],
      [{ x: null as never }, "affine needs the input 'x'. It has 'x'."],
      [{ x: float32([2, 2], [1, 2]) }, 'expected 4 elements for dims [2, 2], got 2'],
      [
        { x: { type: 'float32', dims: [1, 2], data: Float64Array.of(1, 2) } as unknown as Tensor },
        'expected data in a Float32Array, got Float64Array',
      ],
    ];
    for (const [feeds, message] of cases) {
      const error = await session.run(feeds).catch((caught) => caught);
      expect(error).toBeInstanceOf(InvalidArgumentError);
      expect(error.message).toContain(message);
    }
    await expect(session.run({ x }, { fetches: ['q'] })).rejects.toThrow(
      "affine has no output 'q'. It has 'y', 'xW'.",
    );
    await session.dispose();
  });

  it('says which model failed', async () => {
    const bad: [ModelSource, string][] = [
      [{ name: 'garbage', bytes: Uint8Array.of(1, 2, 3) }, 'garbage cannot be loaded'],
      [{ bytes: Uint8Array.of(1, 2, 3) }, 'model cannot be loaded'],
      [model('identity-bfloat16'), 'identity-bfloat16 cannot be loaded: Unsupported data type'],
      [{ ...model('affine'), folder: `${folder}/none` }, 'affine cannot be loaded'],
    ];
    for (const [source, message] of bad) {
      const error = await backend.createSession(source).catch((caught) => caught);
      expect(error).toBeInstanceOf(BackendError);
      expect(error.message).toContain(message);
      expect(error.code).toBe('backend');
    }
    const session = await backend.createSession(model('mismatch'));
    const error = await session
      .run({ a: float32([1, 2], [1, 2]), b: float32([3, 1], [1, 2, 3]) })
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toContain('mismatch failed');
    await session.dispose();
  });

  it('refuses files in memory and a number of threads below one', async () => {
    const { bytes } = model('affine');
    await expect(backend.createSession({ bytes, files: new Map() })).rejects.toThrow(InvalidArgumentError);
    await expect(backend.createSession(model('affine'), { threads: 0 })).rejects.toThrow(
      'threads: expected a whole number of at least 1, got 0.',
    );
    expect(() => nodeBackend({ threads: 1.5 })).toThrow(InvalidArgumentError);
  });

  it('does not start a run that is aborted', async () => {
    const session = await backend.createSession(model('affine'));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(session.run({ x: float32([1, 2], [1, 2]) }, { signal })).rejects.toThrow('enough');
    await session.dispose();
  });

  it('disposes once, lets a run in progress finish, and refuses use afterwards', async () => {
    const session = await backend.createSession(model('affine'));
    const x = float32([1, 2], [1, 0]);
    const run = session.run({ x });
    await Promise.all([session.dispose(), session.dispose()]);
    await session.dispose();
    expect((await run).xW).toEqual(float32([1, 3], [1, 2, 3]));
    await expect(session.run({ x })).rejects.toThrow('affine: the session is disposed.');
    await expect(session.run({ x })).rejects.toBeInstanceOf(BackendError);
  });

  it('disposes its sessions with itself', async () => {
    const own = nodeBackend({ threads: 1, worker });
    const sessions = await Promise.all([
      own.createSession(model('affine')),
      own.createSession(model('slow')),
    ]);
    await Promise.all([own.dispose(), own.dispose()]);
    for (const session of sessions) await expect(session.run({})).rejects.toThrow('disposed');
    await expect(own.createSession(model('affine'))).rejects.toThrow('The backend is disposed.');
    await nodeBackend({ worker }).dispose();
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
