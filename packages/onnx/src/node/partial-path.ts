import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasEnded, processName } from './process-name.js';

let made = 0;

/** A name beside `path` for what becomes it when it is whole: it says which process writes it. */
export const partialPath = (path: string): string => {
  made += 1;
  return `${path}.${processName}-${made}.partial`;
};

/**
 * Removes what processes that are no longer there have left of `path`: nobody will finish it. Never fails.
 */
export const clearPartials = async (path: string): Promise<void> => {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start)) continue;
    const owner = /^(.+)-\d+\.partial$/.exec(name.slice(start.length))?.[1];
    if (owner === undefined || hasEnded(owner) !== true) continue;
    await rm(join(dirname(path), name), { force: true }).catch(() => undefined);
  }
};
