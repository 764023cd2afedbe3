// What the test's page runs: the conformance suite, on the backend that it is asked for.
import type { ModelSource } from '@entrgi/core';
import { backendCases } from '@entrgi/core/testing';
import { type DeviceReport, type WebBackendOptions, webBackend } from '../index.js';

/** Of each case its name and, if it failed, why. */
export interface Conformance {
  readonly name: string;
  readonly report: DeviceReport;
  readonly failures: readonly string[];
  readonly cases: number;
}

const bytesOf = async (file: string) =>
  new Uint8Array(await (await fetch(`/fixtures/${file}`)).arrayBuffer());

/** The bias is in bfloat16, which the WebGPU build cannot widen, or in float16. */
const models =
  (affine: 'affine' | 'affine-half') =>
  async (name: string): Promise<ModelSource> =>
    name === 'affine'
      ? {
          name,
          bytes: await bytesOf(`${affine}.onnx`),
          files: new Map([['weights.bin', new Blob([await bytesOf('weights.bin')])]]),
        }
      : { name, bytes: await bytesOf(`${name}.onnx`) };

/** Runs every case. */
const conform = async (options: WebBackendOptions): Promise<Conformance> => {
  const make = () => webBackend({ wasm: '/runtime/', ...options });
  const backend = make();
  const report = await backend.report();
  const model = models(report.device === 'webgpu' ? 'affine-half' : 'affine');
  const failures: string[] = [];
  for (const { name, run } of backendCases) {
    await run({ backend, make, model }).catch((error: Error) => failures.push(`${name}: ${error.stack}`));
  }
  await backend.dispose();
  return { name: backend.name, report, failures, cases: backendCases.length };
};

/** How often the page's event loop turns while a model computes. */
const ticksDuringRun = async (options: WebBackendOptions): Promise<number> => {
  const backend = webBackend({ wasm: '/runtime/', ...options });
  const slow = await backend.createSession(await models('affine')('slow'));
  const data = new Float32Array(512 * 512);
  for (let i = 0; i < 512; i++) data[i * 513] = 1;
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await slow.run({ x: { type: 'float32', dims: [512, 512], data } });
  clearInterval(timer);
  await backend.dispose();
  return ticks;
};

/** What a model with weights in bfloat16 is refused with. */
const refusedWeights = async (options: WebBackendOptions) => {
  const backend = webBackend({ wasm: '/runtime/', ...options });
  const message = await backend.createSession(await models('affine')('affine')).then(
    () => 'no refusal',
    (error: Error) => error.message,
  );
  await backend.dispose();
  return message;
};

/** What a promise is rejected with; undefined where it is not. */
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ name, code, message }) => ({ name, code, message }),
  );

/** What a long run fails with, and one after it; then a run of another backend, in the same page. */
const untilLost = async (options: WebBackendOptions) => {
  const backend = webBackend({ wasm: '/runtime/', ...options });
  const slow = await backend.createSession(await models('affine')('slow'));
  const x = { type: 'float32', dims: [512, 512], data: new Float32Array(512 * 512) } as const;
  const first = failureOf(slow.run({ x }));
  Object.assign(globalThis, { isRunning: true });
  const failures = [await first, await failureOf(slow.run({ x }))];
  await backend.dispose();
  const other = webBackend({ wasm: '/runtime/', ...options, device: 'wasm' });
  const affine = await other.createSession(await models('affine')('affine'));
  const { y } = await affine.run({ x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 1) } });
  await other.dispose();
  return { failures, other: [...(y!.data as Float32Array)] };
};

/** A backend in a worker that can be ended from outside, with a session of a model that takes long. */
const inWorker = async () => {
  const worker = new Worker('/worker.js', { type: 'module' });
  const backend = webBackend({ wasm: '/runtime/', device: 'wasm', threads: 1, worker: () => worker });
  const slow = await backend.createSession(await models('affine')('slow'));
  const x = { type: 'float32', dims: [512, 512], data: new Float32Array(512 * 512) } as const;
  return { worker, backend, run: () => failureOf(slow.run({ x })) };
};

/** What fails where the worker ends: a run that is under way, a later one, another session, and the end. */
const endedInRun = async () => {
  const { worker, backend, run } = await inWorker();
  const underWay = run();
  setTimeout(() => worker.terminate());
  const failures = [await underWay, await run()];
  failures.push(await failureOf(models('affine')('affine').then(backend.createSession)));
  failures.push(await failureOf(backend.report()));
  return { failures, disposed: await failureOf(backend.dispose()) };
};

/** What a run fails with whose worker has closed itself before. */
const endedBefore = async () => {
  const { backend, run } = await inWorker();
  Object.assign(globalThis, { isWaiting: true });
  await new Promise((done) => Object.assign(globalThis, { goOn: done }));
  const failure = await run();
  await backend.dispose();
  return failure;
};

const withoutScript = () =>
  failureOf(webBackend({ worker: () => new Worker('/nowhere.js', { type: 'module' }) }).report());

/** What goes wrong where WebGPU is asked for, in a worker and in the page. */
const withoutWebGpu = () =>
  Promise.all([true, false].map((worker) => failureOf(webBackend({ device: 'webgpu', worker }).report())));

/** Runs a program's text; returns the lines that it prints, as JSON. */
const runProgram = async (body: string): Promise<string[]> => {
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  const lines: string[] = [];
  const log = (line: unknown) => lines.push(JSON.stringify(line));
  await new AsyncFunction('webBackend', 'console', body)(
    (options: WebBackendOptions) => webBackend({ wasm: '/runtime/', ...options }),
    { log },
  );
  return lines;
};

Object.assign(globalThis, {
  conform,
  refusedWeights,
  ticksDuringRun,
  untilLost,
  endedInRun,
  endedBefore,
  withoutScript,
  withoutWebGpu,
  runProgram,
});
