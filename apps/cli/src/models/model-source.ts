import type { HubOptions, VerifyOptions } from '@entrgi/models';
import { modelSource as sourceOf } from 'entrgi/internal';
import type { Display } from '../display/display.js';
import { downloadLine } from '../display/download-line.js';
import type { Context } from '../process/context.js';

/** The options of every command that loads models. */
export interface SourceOptions {
  readonly revision?: string | undefined;
  readonly offline?: boolean | undefined;
  /** Compare all files of hub models with their hashes. */
  readonly verify?: boolean | undefined;
}

/** What a user calls a model, `DIR`, `ID` or `ID@REVISION`, as the libraries take it: the source, and how to fetch it. */
export const modelSource = async (
  given: string,
  { revision, offline, verify }: SourceOptions,
  fetching: HubOptions,
): Promise<readonly [source: string, options: HubOptions & VerifyOptions]> => {
  const { source, revision: own = revision } = await sourceOf(given);
  return [source, { ...fetching, offline, verify, revision: own }];
};

/** How a command fetches models: until Ctrl-C, and showing what takes long. */
export const fetchingOf = ({ signal }: Context, display: Display): HubOptions => {
  const line = downloadLine();
  return {
    signal,
    onProgress(progress) {
      const text = line(progress);
      if (text !== undefined) display.wait(text);
    },
  };
};
