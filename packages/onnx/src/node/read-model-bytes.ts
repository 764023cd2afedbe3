import { readFile, stat } from 'node:fs/promises';
import { InvalidArgumentError, InvalidModelError } from '@entrgi/core';

/** A protobuf cannot be larger. */
const MAXIMUM_BYTES = 2 ** 31 - 1;

/**
 * The bytes of a model file.
 * @throws InvalidArgumentError where there is no readable file, InvalidModelError where it is too large to be
 *   one
 */
export async function readModelBytes(path: string): Promise<Uint8Array> {
  try {
    const facts = await stat(path);
    if (!facts.isFile())
      throw new InvalidArgumentError(`Expected a model file, got ${path}, which is a folder or a device.`, {
        value: path,
        hint: 'Name an .onnx file.',
      });
    if (facts.size > MAXIMUM_BYTES) {
      throw new InvalidModelError(`${path}: a model file has at most 2 GiB, got ${facts.size} bytes.`, {
        value: path,
      });
    }
    return await readFile(path);
  } catch (cause) {
    if (InvalidArgumentError.isInstance(cause) || InvalidModelError.isInstance(cause)) throw cause;
    throw new InvalidArgumentError(`The model file ${path} cannot be read: ${(cause as Error).message}.`, {
      value: path,
      cause,
      hint: 'Check the path.',
    });
  }
}
