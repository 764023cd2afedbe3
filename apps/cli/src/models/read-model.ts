import { EntrgiError, InvalidModelError, UnsupportedError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { type ReadModelOptions, readModelFile } from '@entrgi/onnx/node';

/** Reads and checks a model file; errors name the file. */
export const readModel = async (path: string, options: ReadModelOptions = {}): Promise<Model> => {
  try {
    return await readModelFile(path, options);
  } catch (cause) {
    if (!EntrgiError.isInstance(cause) || cause.message.includes(path)) throw cause;
    const Kind = UnsupportedError.isInstance(cause) ? UnsupportedError : InvalidModelError;
    throw new Kind(`${path}: ${cause.message}`, { value: cause.value, cause });
  }
};
