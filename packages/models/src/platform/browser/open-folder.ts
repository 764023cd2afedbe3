import { requireText } from '@entrgi/core/internal';
import { modelFolder, type OpenedFolder } from '../../files/model-folder.js';
import type { HubOptions } from '../../hub/hub-options.js';
import { isRepositoryId } from '../../snapshot/repository-id.js';
import { hubFolder } from '../../web/hub-folder.js';
import { urlFolder } from '../../web/url-folder.js';

/** A model's folder by its id on the hub, or by the address of its folder or of an ONNX file in it. */
export const openFolder = async (source: string, options: HubOptions): Promise<OpenedFolder> => {
  requireText('source', source);
  const { signal, onProgress, revision, token } = options;
  if (isRepositoryId(source)) {
    return { folder: await hubFolder(source, { signal, onProgress, revision, token }) };
  }
  const open = (address: string) => urlFolder(address, { signal, onProgress });
  return source.endsWith('.onnx') ? modelFolder(source, open) : { folder: open(source) };
};

/** The same: what lies behind addresses is read by parts anyway. */
export const openToLook: typeof openFolder = openFolder;
