import { createWriteStream } from 'node:fs';
import { link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BackendError } from '@entrgi/core';
import { type Lazy, lazily, requireThat } from '@entrgi/core/internal';

/** External data that is in no file, as the runtime takes it: in files. */
export interface WrittenFiles {
  /** A folder with the files at their locations; each is written once, however many models name it. */
  folderOf(files: ReadonlyMap<string, Uint8Array | Blob>): Promise<string>;
  remove(): Promise<void>;
}

/** Writes into a folder of the system's temporary one, which nobody else may read. */
export const writtenFiles = (parent = tmpdir()): WrittenFiles => {
  const home = lazily(() => mkdtemp(join(parent, 'entrgi-weights-')));
  const written = new Map<Uint8Array | Blob, Lazy<string>>();
  let folders = 0;

  const fileOf = (data: Uint8Array | Blob): Promise<string> => {
    const number = written.size;
    const file = written.get(data) ?? lazily(() => write(data, `weights-${number}`));
    written.set(data, file);
    return file.get();
  };

  const write = async (data: Uint8Array | Blob, name: string): Promise<string> => {
    const file = join(await home.get(), name);
    await pipeline(Readable.from(pieces(data)), createWriteStream(file, { mode: 0o600 }));
    return file;
  };

  return {
    async folderOf(files) {
      for (const location of files.keys()) requireInside(location);
      try {
        const folder = join(await home.get(), `model-${folders++}`);
        for (const [location, data] of files) {
          const place = join(folder, location);
          await mkdir(dirname(place), { recursive: true });
          await link(await fileOf(data), place);
        }
        return folder;
      } catch (cause) {
        throw new BackendError(`Weights in memory cannot be written into ${parent}: ${String(cause)}.`, {
          value: parent,
          hint: 'The runtime maps weights from files: make room there, name another folder in TMPDIR, or pass `folder`.',
          cause,
        });
      }
    },
    async remove() {
      const directory = await home.made();
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    },
  };
};

const requireInside = (location: string): void =>
  requireThat('files', location, 'locations inside a folder', !normalize(location).startsWith('..'));

/** A system call writes less than 2 GiB. */
const PIECE = 2 ** 26;

async function* pieces(data: Uint8Array | Blob): AsyncGenerator<Uint8Array> {
  const blob = data instanceof Blob;
  for (let start = 0; start < (blob ? data.size : data.length); start += PIECE) {
    const end = start + PIECE;
    yield blob ? new Uint8Array(await data.slice(start, end).arrayBuffer()) : data.subarray(start, end);
  }
}
