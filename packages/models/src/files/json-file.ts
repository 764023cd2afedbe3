import { CheckpointError } from '@entrgi/core';
import type { Files } from './byte-source.js';
import { requireSensibleSize } from './size-limits.js';
import { strictJson } from './strict-json.js';

/**
 * The text of a file in the folder; undefined where there is none. One of unreasonable size is refused before
 * it is read.
 */
export const readText = async (folder: Files, file: string): Promise<string | undefined> => {
  const source = await folder.open(file);
  if (source === undefined) return undefined;
  try {
    requireSensibleSize(file, source.size, folder.name);
    return new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
  } catch (error) {
    if (CheckpointError.isInstance(error)) throw error;
    throw new CheckpointError(`${folder.name}/${file}: the text is not UTF-8.`, { cause: error });
  } finally {
    await source.close();
  }
};

/** A JSON object from a file in the folder; undefined where there is no such file. */
export const readJson = async (folder: Files, file: string): Promise<Record<string, unknown> | undefined> => {
  const text = await readText(folder, file);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = strictJson(withoutPythonNumbers(text));
  } catch (error) {
    throw new CheckpointError(`${folder.name}/${file}: not JSON (${(error as Error).message}).`, {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CheckpointError(`${folder.name}/${file}: expected a JSON object.`, { value });
  }
  return value as Record<string, unknown>;
};

/** The same, of a file that must be there. */
export const requireJson = async (folder: Files, file: string): Promise<Record<string, unknown>> => {
  const value = await readJson(folder, file);
  if (value !== undefined) return value;
  throw new CheckpointError(`${folder.name}: there is no ${file}.`, {
    value: folder.name,
    hint: 'Expected a folder in Hugging Face layout: config.json, model.safetensors, tokenizer.json.',
  });
};

/**
 * Python writes NaN and infinities into JSON by their names: they become strings, which are no numbers where
 * one is needed, and harm nobody elsewhere.
 */
const withoutPythonNumbers = (text: string): string =>
  /[^"\w](?:NaN|Infinity)\b/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
        found.startsWith('"') ? found : `"${found}"`,
      )
    : text;
