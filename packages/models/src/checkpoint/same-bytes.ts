import { nodeFolder } from '../files/node-folder.js';
import type { StoredTensor } from './checkpoint.js';

const PIECE = 1 << 22;

/** Whether two tensors of the weight files in a folder are the same, byte for byte, in type and in shape; reads no further than to the first difference. */
export const sameBytes = async (folder: string, a: StoredTensor, b: StoredTensor): Promise<boolean> => {
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return false;
  const source = nodeFolder(folder);
  const [first, second] = [(await source.open(a.file))!, (await source.open(b.file))!];
  try {
    for (let at = 0; at < a.length; at += PIECE) {
      const count = Math.min(PIECE, a.length - at);
      const [x, y] = [await first.read(a.offset + at, count), await second.read(b.offset + at, count)];
      if (Buffer.compare(x, y) !== 0) return false;
    }
    return true;
  } finally {
    await first.close();
    await second.close();
  }
};
