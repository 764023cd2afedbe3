import { lazily } from '@entrgi/core/internal';
import type { StoredTensor } from '../../checkpoint/checkpoint.js';
import { decodeFloats } from '../../weights/float-decoder.js';
import type { inFloat32 as onDisk } from '../node/in-float32.js';

/** A tensor as it is stored, and where it is presented. */
interface Widened {
  readonly from: StoredTensor;
  readonly to: StoredTensor;
}

/** In a file of their own, under the name of the one that they are stored in. */
const ALIGNMENT = 16;

/**
 * A checkpoint whose bfloat16 tensors are presented in float32, which every runtime of a browser takes: the
 * one for WebGPU has nothing that widens them. They are widened once, with the first session.
 */
export const inFloat32: typeof onDisk = (checkpoint) => {
  const stored = [...checkpoint.tensors];
  if (!stored.some(([, { type }]) => type === 'bfloat16')) return checkpoint;
  const files = new Map<string, Widened[]>();
  const tensors = new Map<string, StoredTensor>();
  const sizes = new Map<string, number>();
  for (const [name, from] of stored) {
    const isHalf = from.type === 'bfloat16';
    const offset = Math.ceil((sizes.get(from.file) ?? 0) / ALIGNMENT) * ALIGNMENT;
    const length = isHalf ? 2 * from.length : from.length;
    const to: StoredTensor = { ...from, ...(isHalf ? { type: 'float32' } : {}), offset, length };
    sizes.set(from.file, offset + length);
    files.set(from.file, [...(files.get(from.file) ?? []), { from, to }]);
    tensors.set(name, to);
  }
  const widened = lazily(async () => {
    const given = (await checkpoint.external()).files ?? new Map<string, Uint8Array | Blob>();
    const presented = new Map<string, Blob>();
    for (const [file, own] of files) {
      const data = given.get(file);
      if (data !== undefined) presented.set(file, await widenedFile(data, own));
    }
    return { files: presented };
  });
  return { ...checkpoint, tensors, external: () => widened.get() };
};

const widenedFile = async (data: Uint8Array | Blob, tensors: readonly Widened[]): Promise<Blob> => {
  const source = data instanceof Blob ? data : new Blob([data as Uint8Array<ArrayBuffer>]);
  const parts: BlobPart[] = [];
  let end = 0;
  for (const { from, to } of tensors) {
    if (to.offset > end) parts.push(new Uint8Array(to.offset - end));
    const own = source.slice(from.offset, from.offset + from.length);
    parts.push(from.type === 'bfloat16' ? await widenedPart(own) : own);
    end = to.offset + to.length;
  }
  return new Blob(parts);
};

const widenedPart = async (part: Blob): Promise<BlobPart> =>
  decodeFloats(new Uint8Array(await part.arrayBuffer()), 'bfloat16') as Float32Array<ArrayBuffer>;
