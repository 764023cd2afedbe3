import { NetworkError } from '@entrgi/core';
import { SILENCE } from './silence.js';

/** Watches whether a server still says something. */
export interface Listening {
  /** Aborted with a NetworkError after the silence, and with its own reason where the outer signal is. */
  readonly signal: AbortSignal;
  /** Something has come. */
  heard(): void;
  /** To be called in the end. */
  stop(): void;
}

/** Begins to listen to a server, which may be silent for so many milliseconds. */
export const untilSilent = (outer: AbortSignal, host: string, silence = SILENCE): Listening => {
  const quiet = new AbortController();
  const abort = () => quiet.abort(outer.reason);
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const what = `${host} does not come to an end: silent for ${silence / 1000} seconds.`;
      const cure = 'Check the connection and HF_ENDPOINT, and run again later: what has arrived is kept.';
      quiet.abort(new NetworkError(what, { value: host, cure }));
    }, silence);
  };
  heard();
  return {
    signal: quiet.signal,
    heard,
    stop() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
};
