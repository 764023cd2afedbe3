import type { Folder } from '../../files/byte-source.js';
import type { HubOptions } from '../../hub/hub-options.js';
import { isRepositoryId } from '../../snapshot/repository-id.js';
import { hubFolder } from '../../web/hub-folder.js';
import { urlFolder } from '../../web/url-folder.js';

/** A checkpoint by its id on the hub, or by the address of its folder. */
export const openFolder = async (source: string, options: HubOptions): Promise<Folder> => {
  const { signal, onProgress, revision, token } = options;
  if (isRepositoryId(source)) return hubFolder(source, { signal, onProgress, revision, token });
  return urlFolder(source, { signal, onProgress });
};
