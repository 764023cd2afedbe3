import { NumericalError } from '@entrgi/core';
import { elementCount } from '@entrgi/onnx/internal';
import type { StoredTensor } from '../checkpoint/checkpoint.js';
import { fileHash } from '../files/file-hash.js';
import { nodeFolder } from '../files/node-folder.js';
import { requireSpace } from '../files/require-space.js';
import { decodeFloats, type FloatType, floatSize } from './float-decoder.js';
import { scalesName, transposedName } from './packed-names.js';
import { BLOCK, type Quantization } from './quantize.js';
import { quantizeMatrix } from './quantize-matrix.js';

/** What a file of quantized matrices is made of. */
export interface QuantizedContents {
  /** Folder that the sources' files are relative to. */
  readonly folder: string;
  /** Matrices by name. */
  readonly sources: ReadonlyMap<string, StoredTensor>;
  readonly quantization: Quantization;
  /** Whether the transposes are there too, under `transposedName`. */
  readonly transposed: boolean;
}

/** What to do where the file cannot be written. */
export const placeHint =
  'Pass quantizedDir (or set XDG_CACHE_HOME), a folder with room that can be written, or choose another dtype.';

/**
 * Writes the file under another name and renames it when it is whole: nobody ever sees a part of it, two
 * processes may write it at once, and nothing is left of it where something fails. Memory is bounded,
 * whatever the size of the matrices.
 * @throws DiskFullError, NotWritableError, NumericalError for weights that are not finite, and what `signal`
 *   was aborted with
 */
export const writeQuantizedFile = async (
  path: string,
  contents: QuantizedContents,
  { onBytes, signal }: { onBytes?: (done: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<void> => {
  const { open, rename, rm } = await import('node:fs/promises');
  const { writeSync } = await import('node:fs');
  const { dirname } = await import('node:path');
  const writePieces = stridedWriter(writeSync);
  const { clearPartials, partialPath, writeFailure } = await import('@entrgi/onnx/node');
  const { header, places, size, hashAt } = layoutOf(contents);
  // What a process that died has left takes room that is needed here.
  await clearPartials(path);
  await requireSpace(dirname(path), size, { name: path, hint: placeHint });
  const partial = partialPath(path);
  const source = nodeFolder(contents.folder);
  let done = 0;
  try {
    const file = await open(partial, 'wx');
    try {
      await writeAll(file, header, 0);
      for (const [name, tensor] of contents.sources) {
        const [rows, columns] = tensor.dims as [number, number];
        const type = tensor.type as FloatType;
        const opened = (await source.open(tensor.file))!;
        try {
          const rowBytes = columns * floatSize(type);
          const finite = await quantizeMatrix({
            rows,
            columns,
            quantization: contents.quantization,
            async read(first, count) {
              signal?.throwIfAborted();
              const bytes = await opened.read(tensor.offset + first * rowBytes, count * rowBytes);
              done += bytes.length;
              onBytes?.(done);
              return decodeFloats(bytes, type);
            },
            write: (bytes, offset) => writeAll(file, bytes, offset),
            writeStrided: (...pieces) => writePieces(file.fd, ...pieces),
            place: { weight: places.get(name)!, scales: places.get(scalesName(name))! },
            transposed: contents.transposed
              ? {
                  weight: places.get(transposedName(name))!,
                  scales: places.get(scalesName(transposedName(name)))!,
                }
              : undefined,
          });
          if (!finite) {
            throw new NumericalError(
              `${contents.folder}/${tensor.file}: ${name} holds a number that is not finite.`,
              {
                value: name,
                hint: 'Such weights cannot be quantized; download the file again.',
              },
            );
          }
        } finally {
          await opened.close();
        }
      }
      signal?.throwIfAborted();
      await writeAll(file, new TextEncoder().encode(await bodyHash(partial, header.length, signal)), hashAt);
      await file.datasync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw writeFailure(error, path, placeHint);
  }
};

/** What the tensors of the file are, in its order: names, types, shapes. */
const tensorsOf = ({ sources, quantization, transposed }: QuantizedContents) =>
  [...sources].flatMap(([name, { dims }]) => {
    const [rows, columns] = dims as [number, number];
    const packed = (weight: string, rows: number, columns: number) => [
      { name: weight, dtype: 'U8', size: 1, shape: [rows, columns / BLOCK, (BLOCK * quantization.bits) / 8] },
      { name: scalesName(weight), dtype: 'F32', size: 4, shape: [rows, columns / BLOCK] },
    ];
    return [
      ...packed(name, rows, columns),
      ...(transposed ? packed(transposedName(name), columns, rows) : []),
    ];
  });

/** Stands in for the hash until all else is written. */
const NO_HASH = '0'.repeat(64);

/** SHA-256 of what follows the header. */
const bodyHash = (path: string, start: number, signal: AbortSignal | undefined): Promise<string> =>
  fileHash(path, 'sha256', { start, signal });

/** Whether a file is what was written under the contents' layout, to the last bit. */
export const isIntact = async (
  path: string,
  contents: QuantizedContents,
  signal?: AbortSignal,
): Promise<boolean> => {
  const { open } = await import('node:fs/promises');
  const { header, hashAt, size } = layoutOf(contents);
  const file = await open(path);
  try {
    if ((await file.stat()).size !== size) return false;
    const found = new Uint8Array(header.length);
    await file.read(found, 0, found.length, 0);
    const hash = new TextDecoder().decode(found.subarray(hashAt, hashAt + NO_HASH.length));
    found.set(header.subarray(hashAt, hashAt + NO_HASH.length), hashAt);
    return Buffer.compare(found, header) === 0 && hash === (await bodyHash(path, header.length, signal));
  } finally {
    await file.close();
  }
};

/** The file's beginning, the offset of every tensor in it, and its length. */
export const layoutOf = (contents: QuantizedContents) => {
  const entries: Record<string, unknown> = { __metadata__: { sha256: NO_HASH } };
  const offsets = new Map<string, number>();
  let end = 0;
  for (const { name, dtype, size, shape } of tensorsOf(contents)) {
    const length = size * elementCount(shape);
    entries[name] = { dtype, shape, data_offsets: [end, end + length] };
    offsets.set(name, end);
    end += length;
  }
  const text = JSON.stringify(entries);
  const json = new TextEncoder().encode(text);
  // Tensors begin at multiples of 64, as far as their sizes allow: readers map them.
  const start = Math.ceil((8 + json.length) / 64) * 64;
  const header = new Uint8Array(start).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(start - 8), true);
  header.set(json, 8);
  return {
    header,
    /**
     * Where the hash of what follows the header stands in it: before any name, so that characters are bytes.
     */
    hashAt: 8 + text.indexOf(NO_HASH),
    places: new Map([...offsets].map(([name, offset]) => [name, start + offset])),
    size: start + end,
  };
};

const writeAll = async (
  file: { write(b: Uint8Array, from: number, length: number, at: number): Promise<{ bytesWritten: number }> },
  bytes: Uint8Array,
  offset: number,
): Promise<void> => {
  for (let from = 0; from < bytes.length; ) {
    from += (await file.write(bytes, from, bytes.length - from, offset + from)).bytesWritten;
  }
};

/** Many small pieces are written synchronously: waiting for each would take longer than writing it. */
const stridedWriter =
  (writeSync: (fd: number, bytes: Uint8Array, from: number, length: number, at: number) => number) =>
  (fd: number, bytes: Uint8Array, pieces: number, offset: number, stride: number): void => {
    const length = bytes.length / pieces;
    // Pieces without gaps are one piece.
    const [count, whole] = length === stride ? [1, bytes.length] : [pieces, length];
    for (let i = 0; i < count; i++) {
      const [from, to] = [i * whole, offset + i * stride];
      for (let done = 0; done < whole; ) done += writeSync(fd, bytes, from + done, whole - done, to + done);
    }
  };
