import type { Checkpoint, StoredTensor } from './checkpoint.js';

const PIECE = 1 << 22;

/** How many places are looked at in tensors that are far away, and bytes at each. */
const samples = { places: 8, bytes: 1 << 12 };

/**
 * Whether two tensors of a checkpoint are the same, byte for byte, in type and in shape; reads no further
 * than to the first difference. In a folder that is far away, places spread over them are compared.
 */
export const sameBytes = async (
  { open, source }: Pick<Checkpoint, 'open' | 'source'>,
  a: StoredTensor,
  b: StoredTensor,
): Promise<boolean> => {
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return false;
  const [first, second] = [(await open(a.file))!, (await open(b.file))!];
  try {
    const isSampled = source.isFar === true && a.length > samples.places * samples.bytes;
    const [step, piece] = isSampled ? [Math.floor(a.length / samples.places), samples.bytes] : [PIECE, PIECE];
    for (let at = 0; at < a.length; at += step) {
      const count = Math.min(piece, a.length - at);
      const [x, y] = [await first.read(a.offset + at, count), await second.read(b.offset + at, count)];
      if (!x.every((byte, i) => byte === y[i])) return false;
    }
    return true;
  } finally {
    await first.close();
    await second.close();
  }
};
