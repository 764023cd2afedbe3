import type { Folder } from './byte-source.js';

/** Whether a source is a folder already, and not the name of one. */
export const isFolder = (source: unknown): source is Folder =>
  typeof source === 'object' && source !== null && 'open' in source && 'locate' in source;
