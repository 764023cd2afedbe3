import { extname } from 'node:path';
import { requireThat, requireWhole } from '@entrgi/core/internal';
import { animatedGif, animatedSvg, readTracks, replayPage, type Track } from '@entrgi/evaluation';
import type { Context } from '../process/context.js';
import { writeWhole } from '../report/write-whole.js';

/** `entrgi replay` as parsed. */
export interface ReplayOptions {
  readonly output: string;
  readonly prompt: number;
  readonly steps?: readonly number[] | undefined;
}

/** Writes the replay in the form that the name of the file asks for. */
export const replay = async (
  traces: readonly string[],
  { output, prompt, steps }: ReplayOptions,
  { stderr }: Context,
): Promise<void> => {
  requireWhole('prompt', prompt, 1);
  const extension = extname(output).toLowerCase();
  const form = forms[extension];
  requireThat('output', output, 'a name that ends in .html, .svg or .gif', form !== undefined);
  const tracks = await readTracks(traces, prompt - 1);
  await writeWhole(output, await form!(tracks, steps));
  stderr.write(`entrgi: ${tracks.map(({ title }) => title).join(' beside ')} in ${output}.\n`);
};

type Form = (tracks: readonly Track[], steps: readonly number[] | undefined) => Promise<string | Uint8Array>;

const forms: Readonly<Record<string, Form>> = {
  '.html': async (tracks, steps) => replayPage(tracks, { steps }),
  '.svg': async (tracks) => animatedSvg(tracks),
  '.gif': (tracks) => animatedGif(tracks),
};
