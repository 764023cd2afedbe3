// Colors and bytes of a GIF, apart from the page. Each request is answered when it is done: pictures are large, and none waits for another.
import { type GifWriter, gifWriter, type Pixels } from '@entrgi/evaluation/replay';

/** A picture: of those that have all colors first, then of each step in their order. */
export interface GifRequest {
  readonly picture: ImageBitmap;
  readonly is: 'colors' | 'step' | 'end';
}

const scope = globalThis as unknown as {
  postMessage(bytes: Uint8Array<ArrayBuffer> | undefined): void;
  onmessage: (event: { data: GifRequest }) => void;
};

const colored: Pixels[] = [];
let gif: GifWriter | undefined;

scope.onmessage = ({ data: { picture, is } }) => {
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(picture, 0, 0);
  picture.close();
  const pixels = context.getImageData(0, 0, width, height);
  if (is === 'colors') {
    colored.push(pixels);
    return scope.postMessage(undefined);
  }
  gif ??= gifWriter(colored);
  gif.add(pixels, is === 'end');
  scope.postMessage(is === 'end' ? gif.bytes() : undefined);
};
