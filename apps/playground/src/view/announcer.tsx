import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { indexOfHighest } from '../protocol/index-of-highest.js';
import { lanes } from '../protocol/protocol.js';
import type { Store } from '../state/store.js';
import { laneLabel } from './lane-label.js';
import { shownNumber } from './shown-number.js';

/** Tells screen readers how a run goes: its beginning, each quarter, its end. */
export const Announcer = ({ store }: { store: Store }): JSX.Element => {
  const said = useMemo(() => computed(() => sentence(store)), [store]);
  return (
    <p class="unseen" role="status">
      {said.value}
    </p>
  );
};

const loadingSentence = ({ loading, words }: Store): string => {
  if (words.value === undefined) return 'Models are loading.';
  const { what = 'models', loaded = 0, total = 0 } = loading.value ?? {};
  return `Loading ${what}, ${total > 0 ? Math.floor((4 * loaded) / total) * 25 : 0} percent.`;
};

const sentence = (store: Store): string => {
  const status = store.status.value;
  if (status === 'loading') return loadingSentence(store);
  if (store.modelProblem.value !== undefined) return '';
  if (store.histories[0].value.title !== undefined) {
    return `Opened: ${lanes.flatMap((lane) => store.histories[lane].value.title ?? []).join(', ')}.`;
  }
  if (store.shown.value === undefined) {
    const names = Object.values(store.models.value).filter((name) => name !== undefined);
    return names.length === 0 ? 'Ready.' : `Ready with ${names.join(' and ')}.`;
  }
  const { steps } = store.shown.value;
  const quarter = Math.floor((4 * store.latest.value) / steps);
  const at =
    status === 'done' ? 'Finished' : `${status === 'paused' ? 'Paused, ' : ''}${quarter * 25} percent`;
  if (quarter === 0) return `${at}.`;
  const standings = lanes.map((lane) => {
    const step = Math.floor((quarter * steps) / 4);
    const frame = store.histories[lane].value.at(step);
    const best = frame === undefined ? undefined : frame.rewards[indexOfHighest(frame.rewards)];
    return `${laneLabel(store, lane).name}: reward ${shownNumber(best)}`;
  });
  return `${at}. ${standings.join(', ')}.`;
};
