import { UnsupportedError } from '@entrgi/core';
import type { WeightChoice } from '../checkpoint/weight-choice.js';
import type { Folder } from '../files/byte-source.js';
import { nodeFolder } from '../files/node-folder.js';
import type { HubSettings } from '../hub/hub-settings.js';
import { onlineOrCached, shardsOf } from './download-snapshot.js';
import { verifySnapshot } from './verify-snapshot.js';
import { wantedFiles } from './wanted-files.js';

/**
 * A model of the hub as a folder to look into: its configuration and its tokenizer are brought into the
 * cache, of its weights those parts are fetched that are read. No session can be made of it.
 * @throws what resolveCheckpoint documents
 */
export const lookAtRepository = (id: string, settings: HubSettings, choice: WeightChoice): Promise<Folder> =>
  onlineOrCached(
    id,
    settings,
    choice,
    async (snapshot) => {
      const { directory, files } = snapshot;
      const { metadata } = await wantedFiles(id, files, choice, shardsOf(id, snapshot));
      await snapshot.bring(metadata);
      await verifySnapshot(directory, settings);
      const byName = new Map(files.map((file) => [file.name, file]));
      const open: Folder['open'] = async (name) => {
        const file = byName.get(name);
        return file === undefined ? undefined : snapshot.open(file);
      };
      return {
        name: id,
        isFar: true,
        names: async () => [...byName.keys()].filter((name) => !name.includes('/')),
        open,
        locate: async (locations) => ({
          folder: '',
          locations,
          open,
          async external() {
            throw new UnsupportedError(`${id}: it was opened to be looked at.`, {
              value: id,
              hint: 'Load it by its id.',
            });
          },
        }),
      };
    },
    nodeFolder,
  );
