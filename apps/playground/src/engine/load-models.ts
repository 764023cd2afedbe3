import { webBackend } from '@entrgi/backend-web';
import { type Backend, BackendError, DeviceLostError } from '@entrgi/core';
import { type Folder, loadDenoiser, urlFolder } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserFiles, judgeFiles, moodFiles, rewardFiles } from '@entrgi/tiny-stories';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { Device, Report, Request } from '../protocol/protocol.js';
import type { Models } from './models.js';

export interface LoadedModels {
  readonly models: Models;
  readonly device: Device;
  readonly backend: Backend;
}

export type Tell = (progress: Omit<Report & { type: 'loading' }, 'type'>) => void;

/** Loads the embedded models, in this thread: it is the worker's. What comes with the page is in the browser's own cache already. */
export const loadModels = async (
  request: Omit<Request & { type: 'load' }, 'type'>,
  tell: Tell,
): Promise<LoadedModels> => {
  if (request.device === 'wasm') return loadOn(request, tell);
  try {
    return await loadOn(request, tell);
  } catch (error) {
    if (!BackendError.isInstance(error) && !DeviceLostError.isInstance(error)) throw error;
    const { device, ...loaded } = await loadOn({ ...request, device: 'wasm' }, tell);
    // What a program might do instead is done here.
    const reasons = [error.message.replace(` ${error.hint}`, ''), ...device.reasons];
    return { ...loaded, device: { ...device, reasons } };
  }
};

const loadOn = async (
  { device, threads }: Omit<Request & { type: 'load' }, 'type'>,
  tell: Tell,
): Promise<LoadedModels> => {
  const backend = webBackend({
    device,
    worker: false,
    ...(threads === undefined ? {} : { threads }),
    // In a page of another site it is not found otherwise.
    ...(device === 'wasm' ? { wasm: new URL(wasm, import.meta.url).href } : {}),
  });
  tell({ what: 'the runtime', loaded: 0, total: 0 });
  const report = await backend.report();
  const folder = (name: string, files: Readonly<Record<string, string>>): Folder =>
    urlFolder(files, {
      name,
      cache: false,
      onProgress: ({ loadedBytes, totalBytes }) =>
        tell({ what: `the ${name}`, loaded: loadedBytes, total: totalBytes }),
    });
  const denoiser = await loadDenoiser(folder('denoiser', denoiserFiles), { backend });
  const [story, mood, judge] = await Promise.all(
    Object.entries({ reward: rewardFiles, mood: moodFiles, judge: judgeFiles }).map(([name, files]) =>
      loadReward(folder(name, files), { backend }),
    ),
  );
  return { models: { denoiser, story: story!, mood, judge }, device: report, backend };
};
