import { requireText } from '@entrgi/core/internal';
import { modelFolder, type OpenedFolder } from '../../files/model-folder.js';
import type { HubOptions } from '../../hub/hub-options.js';
import { sourceName } from '../../snapshot/source-name.js';
import { hubFolder } from '../../web/hub-folder.js';
import { urlFolder } from '../../web/url-folder.js';

/**
 * A model's folder by its name on the hub, or by the address of its folder or of an ONNX file in it. What no
 * repository can be called is an address of the page's own host.
 */
export const openFolder = async (source: string, options: HubOptions): Promise<OpenedFolder> => {
  requireText('source', source);
  const { signal, onProgress, token } = options;
  const name = sourceName(source);
  if (name.kind === 'repository') {
    const { id, revision = options.revision, file } = name;
    return { folder: await hubFolder(id, { signal, onProgress, revision, token }), file };
  }
  const open = (address: string) => urlFolder(address, { signal, onProgress });
  return source.endsWith('.onnx') ? modelFolder(source, open) : { folder: open(source) };
};

/** The same: what lies behind addresses is read by parts anyway. */
export const openToLook: typeof openFolder = openFolder;
