// @ts-expect-error: it has no types; what is used of it is below.
import * as gifenc from 'gifenc';
import { tempo } from './animated-svg.js';

type Palette = readonly (readonly number[])[];

interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { readonly palette: Palette; readonly delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
  quantize(pixels: Uint8Array | Uint8ClampedArray, colors: number): Palette;
  applyPalette(pixels: Uint8Array | Uint8ClampedArray, palette: Palette): Uint8Array;
}

// In Node its names are on the default export, for bundlers on the module itself.
const named = gifenc as Partial<Gifenc> & { readonly default: Gifenc };
const { GIFEncoder, quantize, applyPalette } =
  named.quantize === undefined ? named.default : (named as Gifenc);

/** A picture as it is on a screen: four bytes a pixel, red, green, blue and alpha. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Writes a GIF, picture by picture. */
export interface GifWriter {
  /** The picture after the next step, from 0 on; the last one stays longer. */
  add(picture: Pixels, isLast: boolean): void;
  bytes(): Uint8Array<ArrayBuffer>;
}

/**
 * A GIF that plays again and again. The colors are those of some of its pictures: the first and the last have
 * every one there is, masked and not; one palette for all keeps it from flickering.
 */
export const gifWriter = (colored: readonly Pixels[]): GifWriter => {
  const gif = GIFEncoder();
  const all = new Uint8Array(colored.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of colored) {
    all.set(data, at);
    at += data.length;
  }
  const palette = quantize(all, 64);
  return {
    add({ data, width, height }, isLast) {
      const delay = isLast ? tempo.end : tempo.step;
      gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay });
    },
    bytes() {
      gif.finish();
      return gif.bytes();
    },
  };
};
