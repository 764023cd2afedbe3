import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Of a host only a few digits: names are short, and a container's is its own. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** When a process began, in the system's own unit; undefined where that cannot be told, '' where there is no such process. */
const beginningOf = (pid: number): string | undefined => {
  try {
    // The name of the program, in brackets, may hold anything; the 20th word after it is the time.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    try {
      process.kill(pid, 0);
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH' ? '' : undefined;
    }
  }
};

const own = `${host}-${process.pid}-${beginningOf(process.pid) || 0}`;
let made = 0;

/** A name beside `path` for what becomes it when it is whole: it says which process writes it. */
export const partialPath = (path: string): string => {
  made += 1;
  return `${path}.${own}-${made}.partial`;
};

/** Removes what processes that are no longer there have left of `path`: nobody will finish it. Never fails. */
export const clearPartials = async (path: string): Promise<void> => {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start)) continue;
    const owner = /^([0-9a-f]{8})-(\d+)-(\d+)-\d+\.partial$/.exec(name.slice(start.length));
    if (owner === null || owner[1] !== host) continue;
    const beginning = beginningOf(Number(owner[2]));
    // Numbers of processes are given again; one that began at another time is another.
    const isDead = beginning !== undefined && beginning !== owner[3];
    if (isDead) await rm(join(dirname(path), name), { force: true }).catch(() => undefined);
  }
};
