import type { Store } from '../state/store.js';

/** What does not work here, or more slowly, though the page does: a sentence each. Reads signals. */
export const hindrancesOf = ({ device, others }: Store): string[] => [
  ...(device.value?.reasons ?? []),
  ...(storageIsDenied() ? ['This browser lets the page store nothing: each visit needs the network.'] : []),
  ...(others.value > 0
    ? ['The playground is open in another tab too: both share this computer, and each is slower.']
    : []),
];

const storageIsDenied = (): boolean => {
  try {
    return localStorage === null;
  } catch {
    return true;
  }
};
