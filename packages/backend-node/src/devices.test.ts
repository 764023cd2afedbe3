import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { devices, nodeBackend } from './index.js';
import { loadNativeRuntime } from './native-runtime.js';
import { webGpuRuntime } from './web-gpu-runtime.js';

const bytes = readFileSync(fileURLToPath(new URL('../fixtures/identity-float32.onnx', import.meta.url)));

describe('devices', () => {
  it('lists what the installed library says', async () => {
    const offered = await devices();
    expect(offered).toContainEqual({ name: 'cpu', bundled: true });
    expect(new Set(offered.map(({ name }) => name)).size).toBe(offered.length);
  });

  it('are refused where they are not offered, with what they take', async () => {
    const names = (await devices()).map(({ name }) => name);
    const missing = (['dml', 'coreml'] as const).find((name) => !names.includes(name))!;
    const backend = nodeBackend({ device: missing });
    expect(backend.name).toBe(`node (${missing})`);
    await expect(backend.createSession({ name: 'm', bytes })).rejects.toMatchObject({
      code: 'backend',
      message: expect.stringMatching(new RegExp(`The device ${missing} is not offered on .*: expected cpu`)),
      hint: expect.stringContaining('It takes'),
    });
    expect(() => nodeBackend({ device: 'gpu' as never })).toThrow(InvalidArgumentError);
  });

  it('that lack a library say how to get it', async () => {
    const create = async () => {
      throw new Error('libcudart.so.12: cannot open shared object file');
    };
    const library = {
      env: { versions: { node: '1.30.0' } },
      listSupportedBackends: () => [{ name: 'cuda', bundled: false }],
      InferenceSession: { create },
    };
    const runtime = await loadNativeRuntime(async () => library);
    await expect(runtime.create(bytes, { executionProviders: ['cuda'] })).rejects.toMatchObject({
      message: 'On cuda: libcudart.so.12: cannot open shared object file',
      hint: expect.stringContaining('`npm install onnxruntime-node@1.30.0`'),
    });
  });

  it('on WebGPU, refuse tensors without elements before they end the process', async () => {
    const session = {
      inputMetadata: [],
      outputMetadata: [],
      run: async () => ({}),
      release: async () => {},
    };
    const runtime = await loadNativeRuntime(async () => ({
      env: { versions: { node: '1.30.0' } },
      listSupportedBackends: () => [{ name: 'webgpu', bundled: true }],
      InferenceSession: { create: async () => session },
    }));
    const { id } = await runtime.create(bytes, { executionProviders: ['webgpu'] });
    const x = { type: 'float32', dims: [0, 2], data: new Float32Array(0) } as const;
    await expect(runtime.run(id, { x }, [])).rejects.toMatchObject({
      message: "'x' has no elements ([0, 2]), which products on webgpu cannot take.",
      hint: expect.stringContaining('prefixReuse: false'),
    });
  });
});

describe('webGpuRuntime', () => {
  it('is one for all, closed by the last, and in one thread', async () => {
    const calls: string[] = [];
    const load = async () => {
      calls.push('load');
      const runtime = await loadNativeRuntime();
      return { ...runtime, close: async () => void calls.push('close') };
    };
    const [first, second] = [await webGpuRuntime(false, load), await webGpuRuntime(false, load)];
    await expect(webGpuRuntime(true, load)).rejects.toMatchObject({
      message: 'WebGPU is in use in this thread already.',
    });
    await first.close();
    expect(calls).toEqual(['load']);
    await second.close();
    expect(calls).toEqual(['load', 'close']);
    await (await webGpuRuntime(true, load)).close();
  });
});
