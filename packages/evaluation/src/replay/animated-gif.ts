import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { tempo } from './animated-svg.js';
import { lastStep } from './picture.js';
import { still } from './still.js';
import type { Track } from './track.js';

type Palette = readonly (readonly number[])[];

/** What is used of gifenc, which has no types. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { readonly palette: Palette; readonly delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  quantize(pixels: Uint8Array, colors: number): Palette;
  applyPalette(pixels: Uint8Array, palette: Palette): Uint8Array;
}

const require = createRequire(import.meta.url);
// Its names are on the module itself for Node, and not for bundlers.
const { GIFEncoder, quantize, applyPalette } = require('gifenc') as Gifenc;

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
  const gif = GIFEncoder();
  const draw = (step: number) => {
    const picture = new Resvg(still(tracks, step), {
      font: { fontBuffers: fonts, defaultFontFamily: 'DejaVu Sans' },
    });
    const image = picture.render();
    const drawn = { pixels: image.pixels, width: image.width, height: image.height };
    image.free();
    picture.free();
    return drawn;
  };
  // The first and the last picture have every color there is, masked and not; one palette for all keeps it from
  // flickering.
  const palette = quantize(new Uint8Array(Buffer.concat([draw(0).pixels, draw(last).pixels])), 64);
  for (let step = 0; step <= last; step++) {
    const { pixels, width, height } = draw(step);
    const delay = step === last ? tempo.end : tempo.step;
    gif.writeFrame(applyPalette(pixels, palette), width, height, { palette, delay });
  }
  gif.finish();
  return gif.bytes();
};
