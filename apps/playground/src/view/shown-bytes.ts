/** Bytes as they are shown: megabytes with one digit; kilobytes of what is small, gigabytes of what is large. */
export const shownBytes = (bytes: number): string => {
  if (bytes < 1e5) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
};
