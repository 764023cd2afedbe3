import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidArgumentError, InvalidModelError } from '@entrgi/core';
import { decodeModel } from '../decode-model.js';
import type { Model } from '../model.js';
import { checkExternalFiles } from './check-external-files.js';

/** A protobuf cannot be larger. */
const MAXIMUM_BYTES = 2 ** 31 - 1;

/**
 * Reads and checks a model file and the presence of its external data (which stays external).
 * Throws InvalidArgumentError where there is no readable file, InvalidModelError where it is not a sound model.
 */
export async function readModelFile(path: string): Promise<Model> {
  const bytes = await read(path);
  const model = decodeModel(bytes);
  await checkExternalFiles(model, dirname(path));
  return model;
}

async function read(path: string): Promise<Uint8Array> {
  try {
    const facts = await stat(path);
    if (!facts.isFile())
      throw new InvalidArgumentError(`Expected a model file, got ${path}, which is a folder or a device.`, {
        value: path,
        cure: 'Name an .onnx file.',
      });
    if (facts.size > MAXIMUM_BYTES) {
      throw new InvalidModelError(`${path}: a model file has at most 2 GiB, got ${facts.size} bytes.`, {
        value: path,
      });
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof InvalidArgumentError || cause instanceof InvalidModelError) throw cause;
    throw new InvalidArgumentError(`The model file ${path} cannot be read: ${(cause as Error).message}.`, {
      value: path,
      cause,
      cure: 'Check the path.',
    });
  }
}
