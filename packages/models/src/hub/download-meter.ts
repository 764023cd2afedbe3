import type { DownloadProgress } from './hub-options.js';
import type { HubFile } from './hub-repository.js';

/** Least time between two reports, but for the one when a file is there. */
const intervalMs = 100;

/** Adds up how much of each file is there and reports it, not too often. */
export const downloadMeter = (
  id: string,
  files: readonly HubFile[],
  onProgress: ((progress: DownloadProgress) => void) | undefined,
): ((file: HubFile, loaded: number, now?: number) => void) => {
  const allTotalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const loadedOf = new Map<HubFile, number>();
  let allLoadedBytes = 0;
  let reported = Number.NEGATIVE_INFINITY;
  return (file, loadedBytes, now = performance.now()) => {
    if (loadedOf.get(file) === loadedBytes) return;
    allLoadedBytes += loadedBytes - (loadedOf.get(file) ?? 0);
    loadedOf.set(file, loadedBytes);
    if (loadedBytes < file.size && now - reported < intervalMs) return;
    reported = now;
    const { name, size: totalBytes } = file;
    onProgress?.({ id, file: name, loadedBytes, totalBytes, allLoadedBytes, allTotalBytes });
  };
};
