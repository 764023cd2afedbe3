import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What a checkpoint is: a hash over its files, and how large they are. */
export interface HashedModel {
  /** 32 hexadecimal digits. */
  readonly hash: string;
  readonly bytes: number;
}

/** Files that say nothing about results, or that are made from the others. */
const ignored =
  /^\.|^(README|LICENSE|NOTICE|training\.json)|-q[48]-[0-9a-f]{16}\.safetensors|\.(md|lock|partial|py|txt|png|jpg)$/i;

/**
 * Hash over names and contents of a checkpoint's files, one level of folders deep, and over which ONNX file
 * of them is meant, where one is named. Blobs of the hub's cache are known by their names, which are hashes.
 */
export const hashModel = async (directory: string, file?: string): Promise<HashedModel> => {
  const total = createHash('sha256');
  if (file !== undefined) total.update(`${file}\0`);
  let bytes = 0;
  for (const name of await filesIn(directory)) {
    const path = await realpath(join(directory, name));
    bytes += (await stat(path)).size;
    total.update(`${name}\0${await hashFile(path)}\0`);
  }
  return { hash: total.digest('hex').slice(0, 32), bytes };
};

const filesIn = async (directory: string): Promise<string[]> => {
  const names: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (ignored.test(entry.name)) continue;
    const isFolder = (await stat(join(directory, entry.name))).isDirectory();
    if (!isFolder) names.push(entry.name);
    else if (entry.name === 'onnx') {
      names.push(...(await readdir(join(directory, 'onnx'))).map((name) => `onnx/${name}`));
    }
  }
  return names.toSorted();
};

const hashFile = async (path: string): Promise<string> => {
  const name = basename(path);
  if (/^[0-9a-f]{64}$/.test(name)) return name;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
};
