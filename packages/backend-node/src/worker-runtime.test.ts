import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tensor } from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { workerRuntime } from './worker-runtime.js';

const folder = mkdtempSync(join(tmpdir(), 'entrgi-worker-'));
afterAll(() => rmSync(folder, { recursive: true }));
const entry = (source: string): URL => {
  const path = join(folder, `${Math.random()}.mjs`);
  writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${source}`);
  return pathToFileURL(path);
};

describe('workerRuntime', () => {
  it('rejects what is pending and what follows when the worker dies', async () => {
    const runtime = workerRuntime(
      entry(`parentPort.on('message', () => { throw new Error('out of luck') });`),
    );
    const pending = [runtime.create(Uint8Array.of(1), {}), runtime.run(1, {}, ['y'])];
    for (const call of pending) await expect(call).rejects.toThrow('The worker thread died: out of luck.');
    await expect(runtime.run(1, {}, ['y'])).rejects.toThrow('out of luck');
    await expect(runtime.release(1)).resolves.toBeUndefined();
    await expect(runtime.close()).resolves.toBeUndefined();
  });

  it('rejects what is pending when the worker exits', async () => {
    const runtime = workerRuntime(entry(`parentPort.on('message', () => process.exit(3));`));
    await expect(runtime.create(Uint8Array.of(1), {})).rejects.toThrow(
      'The worker thread ended with code 3.',
    );
  });

  it('hands on a hint', async () => {
    const answer = `{ call, error: { message: 'missing', hint: 'Install it.' } }`;
    const runtime = workerRuntime(
      entry(
        `parentPort.on('message', ({ call }) => { parentPort.postMessage(${answer}); parentPort.close(); });`,
      ),
    );
    await expect(runtime.create(Uint8Array.of(1), {})).rejects.toMatchObject({ hint: 'Install it.' });
  });

  it('hands over exactly the elements of a tensor, however many, and leaves them to the caller', async () => {
    const answer = '{ call, result: args[1] }';
    const runtime = workerRuntime(
      entry(`parentPort.on('message', ({ call, args }) => parentPort.postMessage(${answer}));`),
    );
    // A part of a larger array, longer than two pieces of a copy and no multiple of one.
    const count = 2 ** 21 + 3;
    const all = Float32Array.from({ length: count + 2 }, (_, i) => i % 1009);
    const data = all.subarray(1, count + 1);
    const x = { type: 'float32', dims: [count], data } as const;
    const y = { type: 'int64', dims: [2], data: BigInt64Array.of(5n, -6n) } as const;
    const echo = (await runtime.run(1, { x, y }, [])) as Record<string, Tensor>;
    expect((echo.x as Tensor).data.length).toBe(count);
    expect(((echo.x as Tensor).data as Float32Array).every((value, i) => value === (i + 1) % 1009)).toBe(
      true,
    );
    expect(echo.y).toEqual(y);
    expect(all.length).toBe(count + 2);
  });
});
