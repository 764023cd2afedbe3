import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { gifWriter, type Pixels } from './gif-writer.js';
import { lastStep } from './picture.js';
import { still } from './still.js';
import type { Track } from './track.js';

const require = createRequire(import.meta.url);

let wasm: Promise<void> | undefined;

/** The picture step by step as a GIF that plays again and again. Its letters are those of DejaVu Sans. */
export const animatedGif = async (tracks: readonly Track[]): Promise<Uint8Array> => {
  wasm ??= readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')).then((bytes) => initWasm(bytes));
  await wasm;
  const fonts = await Promise.all(
    ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
      readFile(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
    ),
  );
  const last = lastStep(tracks);
  const draw = (step: number): Pixels => {
    const picture = new Resvg(still(tracks, step), {
      font: { fontBuffers: fonts, defaultFontFamily: 'DejaVu Sans' },
    });
    const image = picture.render();
    const drawn = { data: image.pixels, width: image.width, height: image.height };
    image.free();
    picture.free();
    return drawn;
  };
  const gif = gifWriter([draw(0), draw(last)]);
  for (let step = 0; step <= last; step++) gif.add(draw(step), step === last);
  return gif.bytes();
};
