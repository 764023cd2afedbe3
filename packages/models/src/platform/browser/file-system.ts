import { UnsupportedError } from '@entrgi/core';
import type * as node from '../node/file-system.js';

const refuse = (what: string) => async (): Promise<never> => {
  throw new UnsupportedError(`${what} needs a file system, and a browser has none.`, {
    value: what,
    hint: 'Load from an address, from the hub, or from files that were picked.',
  });
};

export const resolveCheckpoint: typeof node.resolveCheckpoint = refuse('resolveCheckpoint');
