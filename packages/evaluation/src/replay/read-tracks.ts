import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { InvalidArgumentError, NotFoundError } from '@entrgi/core';
import { parseJsonl } from '../data/parse-jsonl.js';
import { parseJournal } from '../journal/parse-journal.js';
import type { Track } from './track.js';
import { isTraceEvent, trackOfTrace } from './track-of-trace.js';
import { tracksOfJournal } from './tracks-of-journal.js';

/**
 * What files hold of a prompt, from 0: of a trace of `generate --trace` one response, of a journal one
 * without guidance and one with it.
 * @throws NotFoundError, and InvalidArgumentError naming the line that is neither
 */
export const readTracks = async (paths: readonly string[], prompt = 0): Promise<Track[]> =>
  (await Promise.all(paths.map((path) => tracksIn(path, prompt)))).flat();

const tracksIn = async (path: string, prompt: number): Promise<Track[]> => {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new NotFoundError(`${path}: no such file.`, { value: path, cause });
  });
  const [first, ...others] = parseJsonl(bytes, path);
  if (first === undefined || !isTraceEvent(first.value())) {
    return tracksOfJournal(parseJournal(bytes, path).lines, prompt, path);
  }
  const events = [first, ...others].map(({ source, value }) => {
    const event = value();
    if (isTraceEvent(event)) return event;
    throw new InvalidArgumentError(`${source}: expected a step of a trace.`, { value: event });
  });
  const name = basename(path, extname(path)).replace(/\.trace$/, '');
  return [trackOfTrace(events, prompt, name)];
};
