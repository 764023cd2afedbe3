import { replayPage, type TraceEvent, trackOfTrace } from '@entrgi/evaluation/replay';
import type { LaneHistory } from '../state/lane-history.js';
import { traceText } from '../state/trace-text.js';

/** The page that `entrgi replay` makes of the lanes' traces. */
export const replayOfLanes = (
  lanes: readonly { readonly name: string; readonly history: Pick<LaneHistory, 'frames'> }[],
): string =>
  replayPage(
    lanes.map(({ name, history }) => {
      const events: TraceEvent[] = traceText(history)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      return trackOfTrace(events, events[0]!.prompt, name);
    }),
  );
