import { replayPage, type TraceEvent, type Track, trackOfTrace } from '@entrgi/evaluation/replay';
import { gifOfTracks } from '../gif/gif-of-tracks.js';
import type { LaneHistory } from '../history/lane-history.js';
import { traceText } from '../history/trace-text.js';

type NamedLanes = readonly { readonly name: string; readonly history: Pick<LaneHistory, 'frames'> }[];

/** The page that `entrgi replay` makes of the lanes' traces. */
export const replayOfLanes = (lanes: NamedLanes): string => replayPage(tracksOf(lanes));

/** The same as a GIF. */
export const gifOfLanes = async (
  lanes: NamedLanes,
  tell: (step: number, steps: number) => void,
): Promise<Uint8Array<ArrayBuffer>> => gifOfTracks(tracksOf(lanes), tell);

const tracksOf = (lanes: NamedLanes): Track[] =>
  lanes.map(({ name, history }) => {
    const events: TraceEvent[] = traceText(history)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    return trackOfTrace(events, events[0]!.prompt, name);
  });
