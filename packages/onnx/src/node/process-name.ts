import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Of a host only a few digits: names are short, and a container's is its own. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * When a process began, in the system's own unit; undefined where that cannot be told, '' where there is no
 * such process.
 */
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

/**
 * What this process writes into the names of its files: a word that no other process has, not even a later
 * one with its number.
 */
export const processName: string = `${host}-${process.pid}-${beginningOf(process.pid) || 0}`;

/**
 * Whether the process of that name has ended, as far as this machine can tell: undefined where it is
 * another's, or no such name.
 */
export const hasEnded = (name: string): boolean | undefined => {
  const owner = /^([0-9a-f]{8})-(\d+)-(\d+)$/.exec(name);
  if (owner === null || owner[1] !== host) return undefined;
  const beginning = beginningOf(Number(owner[2]));
  // Numbers of processes are given again; one that began at another time is another.
  return beginning !== undefined && beginning !== owner[3];
};
