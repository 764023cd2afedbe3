import type { Store } from './store.js';

/** Steps of what is shown: of a run, of files, or of the run to come. Reads signals. */
export const shownSteps = ({ shown, histories, settings }: Store): number =>
  shown.value?.steps ??
  (Math.max(0, ...histories.map(({ value }) => value.frames[0]?.record.steps ?? 0)) || settings.value.steps);
