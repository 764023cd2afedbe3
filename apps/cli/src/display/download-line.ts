import type { DownloadProgress } from '@entrgi/models';
import { bytes } from './bytes.js';
import { seconds } from './progress-line.js';

/** What is over sooner is not worth a line. */
const quietMs = 1000;

/** "Downloading owner/name: 1.2 GB of 15.2 GB, 45.0 MB/s, 5 min 11 s left"; undefined in the first second. Several models are added up. */
export const downloadLine = () => {
  const models = new Map<string, DownloadProgress>();
  const files = new Map<string, { readonly first: number; latest: number }>();
  let since: number | undefined;
  return (progress: DownloadProgress, now = performance.now()): string | undefined => {
    const { id, file, loadedBytes } = progress;
    models.set(id, progress);
    const name = `${id}/${file}`;
    // What an interrupted download has left is there at once and says nothing about the rate.
    files.set(name, { first: files.get(name)?.first ?? loadedBytes, latest: loadedBytes });
    since ??= now;
    if (now - since < quietMs) return undefined;
    const arrived = sum(files.values(), ({ first, latest }) => latest - first);
    const loaded = sum(models.values(), ({ allLoadedBytes }) => allLoadedBytes);
    const total = sum(models.values(), ({ allTotalBytes }) => allTotalBytes);
    const rate = arrived / (now - since);
    const left = rate > 0 ? `, ${seconds((total - loaded) / rate)} left` : '';
    const names = [...models.keys()].join(' and ');
    return `Downloading ${names}: ${bytes(loaded)} of ${bytes(total)}, ${bytes(rate * 1000)}/s${left}`;
  };
};

const sum = <T>(values: Iterable<T>, of: (value: T) => number): number => {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
};
