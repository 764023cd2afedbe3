import type { OnWarning } from '@entrgi/core';

/**
 * What is done with a warning that nobody asked to be told of: it is the process's (in Node), or the
 * console's.
 */
export const emitWarning: OnWarning = ({ code, message }) => {
  const { process } = globalThis as {
    process?: { emitWarning?: (message: string, options: { type: string; code: string }) => void };
  };
  // biome-ignore lint/suspicious/noConsole: where there is no process, it is where warnings go.
  if (process?.emitWarning === undefined) console.warn(`entrgi: ${message}`);
  else process.emitWarning(message, { type: 'EntrgiWarning', code });
};
