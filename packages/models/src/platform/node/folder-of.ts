import type { Folder } from '../../files/byte-source.js';
import { nodeFolder } from '../../files/node-folder.js';

/** A folder by its path. */
export const folderOf = (directory: string): Folder => nodeFolder(directory);
