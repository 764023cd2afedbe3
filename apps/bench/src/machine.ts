import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What a figure depends on: processor, cores, memory, versions. */
export const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
});

/** Bytes of physical memory this process holds; a page mapped twice counts once (Linux: Pss; elsewhere the resident set). */
export function residentBytes(): number {
  try {
    const match = readFileSync('/proc/self/smaps_rollup', 'utf8').match(/^Pss:\s+(\d+) kB$/m);
    if (match !== null) return Number(match[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss();
}
