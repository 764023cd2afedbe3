import type { Folder, FolderFile } from '../files/byte-source.js';

/**
 * A folder of files that a visitor has picked or dropped; they are read where they lie, and nothing is copied. Of files in folders (webkitRelativePath), those of the
 * innermost folder that has config.json count.
 */
export const fileFolder = (files: Iterable<File>, name?: string): Folder => {
  const all = [...files];
  const config = all.find((file) => file.name === 'config.json');
  const home = folderOf(config);
  const known = new Map(all.filter((file) => folderOf(file) === home).map((file) => [file.name, file]));
  const open = async (file: string): Promise<FolderFile | undefined> => {
    const found = known.get(file);
    if (found === undefined) return undefined;
    return {
      size: found.size,
      read: async (offset, length) =>
        new Uint8Array(await found.slice(offset, offset + length).arrayBuffer()),
      close: async () => {},
    };
  };
  return {
    name: name ?? (home === '' ? 'files' : home),
    names: async () => [...known.keys()],
    open,
    locate: async (wanted) => ({
      folder: '',
      locations: wanted,
      open,
      external: async () => ({ files: new Map(wanted.map((file) => [file, known.get(file)!])) }),
    }),
  };
};

const folderOf = (file: File | undefined): string =>
  file?.webkitRelativePath?.split('/').slice(0, -1).join('/') ?? '';
