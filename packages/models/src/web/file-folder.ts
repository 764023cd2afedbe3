import type { Folder, FolderFile } from '../files/byte-source.js';

/**
 * A folder of files that a visitor has picked or dropped; they are read where they lie, and nothing is
 * copied. They come as a picker gives them, which says in webkitRelativePath where each was, or by their
 * paths, as a page has them that looks into dropped folders. Those of the folder with config.json count (of
 * several, the outermost), and those inside it.
 */
export const fileFolder = (files: Iterable<File> | ReadonlyMap<string, Blob>, name?: string): Folder => {
  const all: [string, Blob][] =
    files instanceof Map ? [...files] : Array.from(files as Iterable<File>, (file) => [pathOf(file), file]);
  const configs = all.map(([path]) => path).filter((path) => /(^|\/)config\.json$/.test(path));
  const home = configs.map(folderOf).toSorted((a, b) => a.length - b.length)[0] ?? '';
  const start = home === '' ? '' : `${home}/`;
  const known = new Map(
    all
      .filter(([path]) => path.startsWith(start))
      .map(([path, file]) => [path.slice(start.length), file] as const),
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

const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
