import { isGuided } from '../protocol/lane-plan.js';
import type { Lane } from '../protocol/protocol.js';
import type { Store } from '../state/store.js';
import { methodNames } from './method-names.js';

export interface LaneLabel {
  readonly name: string;
  readonly says: string;
  readonly guided: boolean;
  /** Whether it shows a file. */
  readonly isFile: boolean;
}

/** What a lane is called, and what it does in one line. Reads signals. */
export const laneLabel = (store: Store, lane: Lane): LaneLabel => {
  const { title } = store.histories[lane].value;
  if (title !== undefined) return { name: title, says: 'from a file', guided: false, isFile: true };
  const method = (store.shown.value ?? store.settings.value).methods[lane];
  return { ...methodNames[method], guided: isGuided(method), isFile: false };
};
