import type { Folder, FolderFile } from '../files/byte-source.js';

/**
 * A folder of files that a visitor has picked or dropped; they are read where they lie, and nothing is
 * copied. Of files in folders (webkitRelativePath), those of the folder with config.json count, and those
 * inside it.
 */
export const fileFolder = (files: Iterable<File>, name?: string): Folder => {
  const all = [...files];
  const config = all.find((file) => file.name === 'config.json');
  const home = folderOf(config);
  const start = home === '' ? '' : `${home}/`;
  const known = new Map(
    all
      .map((file) => [pathOf(file), file] as const)
      .filter(([path]) => path.startsWith(start))
      .map(([path, file]) => [path.slice(start.length), file]),
  );
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
    names: async () => [...known.keys()].filter((file) => !file.includes('/')),
    open,
    locate: async (wanted) => ({
      folder: '',
      locations: wanted,
      open,
      external: async () => ({ files: new Map(wanted.map((file) => [file, known.get(file)!])) }),
    }),
  };
};

const pathOf = (file: File): string => file.webkitRelativePath || file.name;

const folderOf = (file: File | undefined): string =>
  file === undefined ? '' : pathOf(file).split('/').slice(0, -1).join('/');
