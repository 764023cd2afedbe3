import { EntrgiError, InvalidModelError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';

/** Reads and checks a model file; errors name the file. */
export const readModel = async (path: string): Promise<Model> => {
  try {
    return await readModelFile(path);
  } catch (cause) {
    if (!(cause instanceof EntrgiError) || cause.message.includes(path)) throw cause;
    throw new InvalidModelError(`${path}: ${cause.message}`, { value: cause.value, cause });
  }
};
