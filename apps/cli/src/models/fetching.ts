import type { HubOptions } from '@entrgi/models';
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
