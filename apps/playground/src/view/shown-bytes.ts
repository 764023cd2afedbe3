/** Bytes as they are shown: megabytes with one digit, from a gigabyte on gigabytes. */
export const shownBytes = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
