import type { Backend, ModelSource } from '../contracts/runtime/backend.js';
import type { DataType, Tensor } from '../contracts/runtime/tensor.js';
import { CONTRACT_VERSION } from '../contracts/runtime/versioned.js';
import { BackendError, type EntrgiError, InvalidArgumentError } from '../errors/errors.js';
import { expectAllClose, type Tolerance } from './expect-all-close.js';

/** A backend under test. */
export interface BackendSubject {
  readonly backend: Backend;
  /** Another backend of the same kind. */
  make(): Backend;
  /**
   * One of the models that fixtures/make.py of @entrgi/backend-node writes, as this kind of backend takes it.
   */
  model(name: string): Promise<ModelSource>;
}

/** What every backend must do; `run` rejects where it does not. */
export interface BackendCase {
  readonly name: string;
  run(subject: BackendSubject): Promise<void>;
}

const float32 = (dims: number[], data: number[]): Tensor<'float32'> => ({
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

const passesThrough = (type: DataType): BackendCase => ({
  name: `passes ${type} through unchanged`,
  async run({ backend, model }) {
    const session = await backend.createSession(await model(`identity-${type}`));
    const data = samples[type]!;
    const before = [...data];
    const { y } = await session.run({ x: { type, dims: [1, 2], data } as Tensor });
    same(y?.type, type, 'type');
    same(String(y?.dims), '1,2', 'dims');
    same(y?.data.constructor.name, data.constructor.name, 'kind of array');
    same([...y!.data].join(), before.join(), 'elements');
    same([...data].join(), before.join(), 'the data that the caller keeps');
    await session.dispose();
  },
});

/** One case for each thing that a backend promises; data for any test runner, and for a page without one. */
export const backendCases: readonly BackendCase[] = [
  ...(Object.keys(samples) as DataType[]).map(passesThrough),
  {
    name: 'follows this contract, or says nothing of it',
    async run({ backend }) {
      same(backend.contract ?? CONTRACT_VERSION, CONTRACT_VERSION, 'contract');
    },
  },
  {
    name: 'takes views of larger buffers and tensors with no elements',
    async run({ backend, model }) {
      const session = await backend.createSession(await model('identity-float32'));
      const view = Float32Array.of(9, 9, 1, 2, 9).subarray(2, 4);
      close(
        (await session.run({ x: { type: 'float32', dims: [1, 2], data: view } })).y,
        float32([1, 2], [1, 2]),
      );
      close((await session.run({ x: float32([0, 2], []) })).y, float32([0, 2], []));
      await session.dispose();
    },
  },
  ...[false, true].map(
    (disablePrepacking): BackendCase => ({
      name: `reads external data at any offset and of any type (disablePrepacking: ${disablePrepacking})`,
      async run({ backend, model }) {
        const session = await backend.createSession(await model('affine'), { disablePrepacking, threads: 2 });
        same(session.inputNames.join(), 'x', 'inputs');
        same(session.outputNames.join(), 'y,xW', 'outputs');
        const x = float32([2, 2], [1, 0, 1, 1]);
        const { y, xW } = await session.run({ x });
        close(y, float32([2, 3], [1.5, 1, 5, 5.5, 6, 11]));
        close(xW, float32([2, 3], [1, 2, 3, 5, 7, 9]));
        same(Object.keys(await session.run({ x }, { fetches: ['xW'] })).join(), 'xW', 'what is fetched');
        same(Object.keys(await session.run({ x }, { fetches: [] })).join(), '', 'what is fetched');
        await session.dispose();
      },
    }),
  ),
  {
    name: 'refuses feeds that do not fit, with the value and what was expected',
    async run({ backend, model }) {
      const session = await backend.createSession(await model('affine'));
      const x = float32([1, 2], [1, 2]);
      const doubles = { type: 'float32', dims: [1, 2], data: Float64Array.of(1, 2) } as unknown as Tensor;
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
        [{ x: doubles }, 'expected data in a Float32Array, got Float64Array'],
      ];
      for (const [feeds, message] of cases) {
        await fails(() => session.run(feeds), InvalidArgumentError, message);
      }
      const none = () => session.run({ x }, { fetches: ['q'] });
      await fails(none, InvalidArgumentError, "affine has no output 'q'. It has 'y', 'xW'.");
      await session.dispose();
    },
  },
  {
    name: 'leaves outputs where they are computed, for other sessions to take, until they are disposed',
    async run({ backend, model }) {
      const identity = await model('identity-float32');
      const keeping = await backend.createSession(identity, { keep: ['y'] });
      const x = float32([1, 2], [1.5, -2]);
      same(Object.keys(await keeping.run({ x })).join(), '', 'what is fetched of a session that keeps all');
      if (keeping.runKeeping === undefined) throw new Error('expected a session that can keep outputs');
      const { outputs, kept } = await keeping.runKeeping({ x });
      same(Object.keys(outputs).join(), '', 'what is fetched beside what is kept');
      const { y } = kept;
      same(`${y!.type} ${y!.dims}`, 'float32 1,2', 'type and dims');
      const again = (await keeping.runKeeping({ x: y! })).kept.y!;
      await y!.dispose();
      const reading = await backend.createSession(identity);
      close((await reading.run({ x: again })).y, x);
      close((await reading.run({ x: again })).y, x);
      await Promise.all([again.dispose(), again.dispose()]);
      await fails(() => reading.run({ x: again }), BackendError, "'x' is a tensor that was disposed.");
      const none = () => backend.createSession(identity, { keep: ['q'] });
      await fails(none, InvalidArgumentError, "identity-float32 has no output 'q'. It has 'y'.");
      await Promise.all([keeping.dispose(), reading.dispose()]);
    },
  },
  {
    name: 'says which model failed',
    async run({ backend, model }) {
      const garbage = Uint8Array.of(1, 2, 3);
      const bad: [ModelSource, string][] = [
        [{ name: 'garbage', bytes: garbage }, 'garbage cannot be loaded'],
        [{ bytes: garbage }, 'model cannot be loaded'],
        [{ name: 'affine', bytes: (await model('affine')).bytes }, 'affine cannot be loaded'],
      ];
      for (const [source, message] of bad) {
        await fails(() => backend.createSession(source), BackendError, message);
      }
      const session = await backend.createSession(await model('mismatch'));
      const feeds = { a: float32([1, 2], [1, 2]), b: float32([3, 1], [1, 2, 3]) };
      await fails(() => session.run(feeds), BackendError, 'mismatch failed');
      await session.dispose();
    },
  },
  {
    name: 'refuses a number of threads below one',
    async run({ backend, model }) {
      const affine = await model('affine');
      const none = () => backend.createSession(affine, { threads: 0 });
      await fails(none, InvalidArgumentError, 'threads: expected a whole number of at least 1, got 0.');
    },
  },
  {
    name: 'does not start a run that is aborted',
    async run({ backend, model }) {
      const session = await backend.createSession(await model('affine'));
      const signal = AbortSignal.abort(new Error('enough'));
      await fails(() => session.run({ x: float32([1, 2], [1, 2]) }, { signal }), Error, 'enough');
      await session.dispose();
    },
  },
  {
    name: 'disposes once, lets a run in progress finish, and refuses use afterwards',
    async run({ backend, model }) {
      const session = await backend.createSession(await model('affine'));
      const x = float32([1, 2], [1, 0]);
      const run = session.run({ x });
      await Promise.all([session.dispose(), session.dispose()]);
      await session.dispose();
      close((await run).xW, float32([1, 3], [1, 2, 3]));
      await fails(() => session.run({ x }), BackendError, 'affine: the session is disposed.');
    },
  },
  {
    name: 'disposes its sessions with itself',
    async run({ make, model }) {
      const own = make();
      const [affine, slow] = [await model('affine'), await model('slow')];
      const sessions = await Promise.all([own.createSession(affine), own.createSession(slow)]);
      await Promise.all([own.dispose(), own.dispose()]);
      for (const session of sessions) await fails(() => session.run({}), BackendError, 'disposed');
      await fails(() => own.createSession(affine), BackendError, 'The backend is disposed.');
      await make().dispose();
    },
  },
];

const same = (actual: unknown, expected: unknown, what: string): void => {
  if (actual !== expected) throw new Error(`${what}: expected ${expected}, got ${actual}`);
};

const close = (actual: Tensor | undefined, expected: Tensor<'float32'>, tolerance?: Tolerance): void => {
  same(actual?.type, expected.type, 'type');
  same(String(actual?.dims), String(expected.dims), 'dims');
  expectAllClose(actual!.data as Float32Array, expected.data, tolerance);
};

const fails = async (
  act: () => Promise<unknown>,
  kind: abstract new (...args: never[]) => Error,
  message: string,
): Promise<void> => {
  const error = await act().then(
    () => undefined,
    (caught: EntrgiError) => caught,
  );
  if (!(error instanceof kind)) throw new Error(`expected a ${kind.name} (${message}), got ${error}`);
  if (!error.message.includes(message)) throw new Error(`expected ‘${message}’, got ‘${error.message}’`);
};
