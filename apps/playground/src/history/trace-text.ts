import { traceLine } from '@entrgi/evaluation/replay';
import type { LaneHistory } from './lane-history.js';

/** A lane as `entrgi generate --trace` would have written it: one step a line. */
export const traceText = ({ frames }: Pick<LaneHistory, 'frames'>): string =>
  frames.map(({ record }) => traceLine(record)).join('');
