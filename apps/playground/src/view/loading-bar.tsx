import type { JSX } from 'preact';
import type { Store } from '../state/store.js';
import { shownBytes } from './shown-bytes.js';

/** What is loading, and how far it is. */
export const LoadingBar = ({ store, id }: { store: Store; id: string }): JSX.Element => {
  const { what = 'the runtime', loaded = 0, total = 0 } = store.loading.value ?? {};
  const isOver = total > 0 && loaded >= total;
  return (
    <div class="note">
      <label for={id}>
        {isOver ? 'Preparing' : 'Loading'} {what}
        {total > 0 && !isOver && `: ${shownBytes(loaded)} of ${shownBytes(total)}`}
      </label>
      <progress id={id} max={1} value={total > 0 ? loaded / total : 0} />
    </div>
  );
};
