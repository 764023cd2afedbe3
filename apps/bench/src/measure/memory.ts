import { readFileSync } from 'node:fs';

/** What a process holds, in bytes; undefined where the system does not tell (only Linux does). */
export interface ProcessMemory {
  /** Physical memory now, each page once: however often the process maps it and whoever else does. */
  readonly resident: number;
  /** The highest resident set so far; a page mapped twice counts twice. */
  readonly peak: number;
}

/** Reads a process's memory from /proc. */
export const processMemory = (pid: number): ProcessMemory | undefined => {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    if (peak === null) return undefined;
    return {
      resident: residentOf(readFileSync(`/proc/${pid}/smaps`, 'utf8')),
      peak: Number(peak[1]) * 1024,
    };
  } catch {
    return undefined;
  }
};

/**
 * Bytes resident in the mappings of an smaps file, each part of a file once. Two sessions on one weight file map it twice, so that its
 * resident set counts it twice; and the proportional share of the pages depends on which other processes have mapped them.
 */
export const residentOf = (smaps: string): number => {
  const parts = new Map<string, number>();
  let part = '';
  for (const line of smaps.split('\n')) {
    const mapping = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) (\S+) (\d+)/.exec(line);
    if (mapping !== null) {
      const [, start, end, offset, device, inode] = mapping;
      const size = Number.parseInt(end!, 16) - Number.parseInt(start!, 16);
      part = inode === '0' ? start! : `${device} ${inode} ${offset} ${size}`;
      continue;
    }
    const resident = /^Rss:\s+(\d+) kB$/.exec(line);
    if (resident !== null) parts.set(part, Math.max(parts.get(part) ?? 0, Number(resident[1]) * 1024));
  }
  let sum = 0;
  for (const bytes of parts.values()) sum += bytes;
  return sum;
};
