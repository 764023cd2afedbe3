import type { Folder } from '../../files/byte-source.js';
import { urlFolder } from '../../web/url-folder.js';

/** A folder by its address. */
export const folderOf = (directory: string): Folder => urlFolder(directory);
