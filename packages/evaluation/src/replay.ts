// Traces and the page of a replay, apart from the rest: nothing here needs Node, a journal or a font.
export { type GifWriter, gifWriter, type Pixels } from './replay/gif-writer.js';
export { lastStep } from './replay/picture.js';
export { type ReplayPageOptions, replayPage } from './replay/replay-page.js';
export { still } from './replay/still.js';
export { type TraceRecord, traceLine, traceRecord } from './replay/trace-record.js';
export type { Track } from './replay/track.js';
export { isTraceEvent, type TraceEvent, trackOfTrace } from './replay/track-of-trace.js';
