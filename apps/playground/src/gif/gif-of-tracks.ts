import { lastStep, still, type Track } from '@entrgi/evaluation/replay';
import { startWorker } from '../start-worker.js';
import type { GifRequest } from './gif-worker.js';
import script from './gif-worker.ts?worker&url';

/**
 * The GIF of `entrgi replay`, in the letters of this system. The page draws one picture at a time and a worker does the rest, so that it can be used
 * meanwhile; `tell` hears of the steps that are done.
 */
export const gifOfTracks = async (
  tracks: readonly Track[],
  tell: (step: number, steps: number) => void,
): Promise<Uint8Array<ArrayBuffer>> => {
  const worker = startWorker(script, 'gif');
  const ask = async (step: number, is: GifRequest['is']): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const picture = await drawn(still(tracks, step));
    return new Promise((done, fail) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = ({ message }) => fail(new Error(`The GIF cannot be made: ${message || 'no script'}.`));
      const request: GifRequest = { picture, is };
      worker.postMessage(request, [picture]);
    });
  };
  try {
    const last = lastStep(tracks);
    for (const step of [0, last]) await ask(step, 'colors');
    for (let step = 0; step < last; step++) {
      await ask(step, 'step');
      tell(step, last);
    }
    return (await ask(last, 'end'))!;
  } finally {
    worker.terminate();
  }
};

const drawn = async (svg: string): Promise<ImageBitmap> => {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = Object.assign(new Image(), { src: address });
    await image.decode();
    return await createImageBitmap(image);
  } finally {
    URL.revokeObjectURL(address);
  }
};
