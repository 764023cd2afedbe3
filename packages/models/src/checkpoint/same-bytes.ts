import type { Checkpoint, StoredTensor } from './checkpoint.js';

const PIECE = 1 << 22;

/** Whether two tensors of a checkpoint are the same, byte for byte, in type and in shape; reads no further than to the first difference. */
export const sameBytes = async (
  { open }: Pick<Checkpoint, 'open'>,
  a: StoredTensor,
  b: StoredTensor,
): Promise<boolean> => {
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return false;
  const [first, second] = [(await open(a.file))!, (await open(b.file))!];
  try {
    for (let at = 0; at < a.length; at += PIECE) {
      const count = Math.min(PIECE, a.length - at);
      const [x, y] = [await first.read(a.offset + at, count), await second.read(b.offset + at, count)];
      if (!x.every((byte, i) => byte === y[i])) return false;
    }
    return true;
  } finally {
    await first.close();
    await second.close();
  }
};
