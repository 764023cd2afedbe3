import type { Slot } from '../history/lane-history.js';
import type { Words } from '../history/words.js';
import { indexOfHighest } from '../protocol/index-of-highest.js';
import type { Frame, Lane } from '../protocol/protocol.js';
import type { Store } from './store.js';

/** What a lane shows at the step that is looked at. */
export interface ShownLane {
  readonly frame: Frame | undefined;
  readonly trajectory: number;
  readonly best: number;
  readonly slots: readonly Slot[];
  readonly step: number;
  readonly words: Words | undefined;
  /** Whether it is a file that is shown. */
  readonly isFile: boolean;
}

/** Reads signals: whoever calls it while rendering is rendered again when they change. */
export const shownLane = (store: Store, lane: Lane): ShownLane => {
  const history = store.histories[lane].value;
  const step = store.cursor.value ?? history.frames.at(-1)?.step ?? 0;
  const frame = history.at(step);
  const best = frame === undefined ? 0 : indexOfHighest(frame.rewards);
  const chosen = store.trajectories[lane].value;
  const trajectory = chosen !== undefined && chosen < (frame?.trajectories ?? 1) ? chosen : best;
  return {
    frame,
    trajectory,
    best,
    slots: history.slots(trajectory, step),
    step,
    words: history.words,
    isFile: history.title !== undefined,
  };
};
