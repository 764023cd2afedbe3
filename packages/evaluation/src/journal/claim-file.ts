import { open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidArgumentError } from '@entrgi/core';
import { hasEnded, processName, writeFailure } from '@entrgi/onnx/node';

let made = 0;

/**
 * Makes this process the only one that writes `path`, until the result is called. A claim is a file beside it
 * that names its process; those of processes that have ended are removed. Whoever finds another's claim
 * withdraws his own, so that of two who come at once neither may go on, but never both.
 * @throws InvalidArgumentError where another process writes it
 */
export const claimFile = async (path: string): Promise<() => Promise<void>> => {
  made += 1;
  const claim = `${path}.${processName}-${made}.lock`;
  const release = () => rm(claim, { force: true });
  try {
    await (await open(claim, 'wx')).close();
  } catch (error) {
    throw writeFailure(error, path);
  }
  const other = await otherClaim(path, claim);
  if (other === undefined) return release;
  await release();
  throw new InvalidArgumentError(`${path}: another process is writing it (${other}).`, {
    value: path,
    hint: 'Wait for it, or give each its own file and merge them; if that process is gone, remove the lock file.',
  });
};

const otherClaim = async (path: string, own: string): Promise<string | undefined> => {
  const start = `${basename(path)}.`;
  for (const name of (await readdir(dirname(path))).toSorted()) {
    const claim = join(dirname(path), name);
    const owner = name.startsWith(start) ? /^(.+)-\d+\.lock$/.exec(name.slice(start.length))?.[1] : undefined;
    if (owner === undefined || claim === join(own)) continue;
    if (hasEnded(owner) !== true) return name;
    // Its name is never given again, so what is removed is surely its.
    await rm(claim, { force: true });
  }
  return undefined;
};
