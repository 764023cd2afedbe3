import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

  it('hands on a cure', async () => {
    const answer = `{ call, error: { message: 'missing', cure: 'Install it.' } }`;
    const runtime = workerRuntime(
      entry(
        `parentPort.on('message', ({ call }) => { parentPort.postMessage(${answer}); parentPort.close(); });`,
      ),
    );
    await expect(runtime.create(Uint8Array.of(1), {})).rejects.toMatchObject({ cure: 'Install it.' });
  });
});
