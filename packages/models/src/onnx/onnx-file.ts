import { InvalidModelError } from '@entrgi/core';
import { decodeModel, type Model } from '@entrgi/onnx';
import type { ExternalFiles, Folder } from '../files/byte-source.js';
import { checkOnnxMemory } from '../weights/check-memory.js';
import { placeExternalData } from './external-data.js';

/** What its weights may take. */
export interface OnnxFileOptions {
  /**
   * Bytes.
   * @default the memory of the machine, or of the container
   */
  readonly memoryLimit?: number | undefined;
  /**
   * How many sessions are to hold the weights.
   * @default 1
   */
  readonly copies?: number;
}

/** An ONNX model, read. */
export interface OnnxFile {
  /** What messages call it. */
  readonly path: string;
  readonly model: Model;
  /** What sessions get its external data from. */
  external(): Promise<ExternalFiles>;
}

/** A protobuf cannot be larger. */
const MAXIMUM_BYTES = 2 ** 31 - 1;

/**
 * Reads an ONNX model of a folder.
 * @throws InvalidModelError where it is not a sound model or its external data is not there, MemoryLimitError
 *   where its weights would not fit
 */
export const readOnnxFile = async (
  folder: Folder,
  file: string,
  { memoryLimit, copies = 1 }: OnnxFileOptions = {},
): Promise<OnnxFile> => {
  const path = `${folder.name}/${file}`;
  const model = decodeModel(await contentsOf(folder, file, path));
  await checkOnnxMemory(path, model, copies, memoryLimit);
  return { path, model, external: await placeExternalData(model, folder, file) };
};

const contentsOf = async (folder: Folder, file: string, path: string): Promise<Uint8Array> => {
  const opened = (await folder.open(file))!;
  try {
    const { size } = opened;
    if (size > MAXIMUM_BYTES) {
      throw new InvalidModelError(`${path}: a model file has at most 2 GiB, got ${size} bytes.`, {
        value: size,
      });
    }
    // From afar it is fetched in pieces that are kept, as weights are.
    const fetched = (await (await folder.locate([file])).external()).files?.get(file);
    if (fetched === undefined) return await opened.read(0, size);
    return fetched instanceof Uint8Array ? fetched : new Uint8Array(await fetched.arrayBuffer());
  } finally {
    await opened.close();
  }
};
