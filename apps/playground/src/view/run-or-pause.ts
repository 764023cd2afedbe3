import type { Store } from '../state/store.js';

/** What the one large button does. */
export const runOrPause = (store: Store): void => {
  const { value: status } = store.status;
  if (status === 'running') store.pause();
  else if (status === 'paused') store.resume();
  else if (status === 'failed') store.restart();
  else store.run();
};
