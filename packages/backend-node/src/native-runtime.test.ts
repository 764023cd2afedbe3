import { describe, expect, it } from 'vitest';
import { loadNativeRuntime } from './native-runtime.js';

describe('loadNativeRuntime', () => {
  it('says how to install onnxruntime-node where it is missing', async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'onnxruntime-node'"));
    await expect(loadNativeRuntime(missing)).rejects.toMatchObject({
      message: "onnxruntime-node cannot be loaded: Cannot find package 'onnxruntime-node'.",
      hint: 'Run `npm install onnxruntime-node@1.30.0`.',
    });
  });

  it.each(['1.29.1', '2.0.0', undefined])('refuses version %s', async (node) => {
    const other = () => Promise.resolve({ default: { env: { versions: { node } } } });
    await expect(loadNativeRuntime(other)).rejects.toMatchObject({
      message: `Expected onnxruntime-node ^1.30.0, got ${node}.`,
      hint: expect.stringContaining('npm install'),
    });
  });

  it.each(['1.30.0', '1.31.2'])('takes version %s', async (node) => {
    const runtime = await loadNativeRuntime(() => Promise.resolve({ env: { versions: { node } } }));
    await expect(runtime.close()).resolves.toBeUndefined();
  });
});
