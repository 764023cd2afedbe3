import { expect, it } from 'vitest';
import { chooseDevice, type Surroundings } from './choose-device.js';

const card = { requestAdapter: async () => ({ info: { isFallbackAdapter: false } }) };
const emulated = { requestAdapter: async () => ({ info: { isFallbackAdapter: true } }) };
const blocked = { requestAdapter: async () => null };
const around = (gpu?: object, cores = 2, crossOriginIsolated = true) =>
  ({
    crossOriginIsolated,
    navigator: { hardwareConcurrency: cores, ...(gpu ? { gpu } : {}) },
  }) as Surroundings;

it.each([
  [around(card), 'webgpu', []],
  [around(), 'wasm', ['WebGPU is not used: this browser has none, or the page was not loaded over HTTPS.']],
  [around(blocked), 'wasm', ['WebGPU is not used: the browser gives it no graphics card.']],
  [around(emulated), 'wasm', ['WebGPU is not used: the only graphics card is emulated in software.']],
])('auto, with the reason (%#)', async (surroundings, device, reasons) => {
  expect(await chooseDevice({ device: 'auto' }, surroundings)).toEqual({ device, threads: 2, reasons });
});

it('takes any adapter that is asked for, and refuses where there is none', async () => {
  expect(await chooseDevice({ device: 'webgpu' }, around(emulated))).toMatchObject({ device: 'webgpu' });
  await expect(chooseDevice({ device: 'webgpu' }, around(blocked))).rejects.toMatchObject({
    message: 'WebGPU cannot be used: the browser gives it no graphics card.',
    hint: "Use a browser with WebGPU, or device: 'wasm'.",
  });
});

it.each([
  [1, 1],
  [4, 4],
  [6, 3],
  [64, 8],
])('of %i cores takes %i threads', async (cores, threads) => {
  expect(await chooseDevice({ device: 'wasm' }, around(card, cores))).toMatchObject({ threads, reasons: [] });
});

it('takes one thread, and says why, where memory cannot be shared', async () => {
  const report = await chooseDevice({ device: 'wasm', threads: 3 }, around(card, 4, false));
  expect(report).toEqual({ device: 'wasm', threads: 1, reasons: [expect.stringContaining('isolated')] });
});
