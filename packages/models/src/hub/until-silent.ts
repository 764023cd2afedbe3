import { NetworkError } from '@entrgi/core';
import { MINIMUM_RATE, SILENCE, WINDOW } from './silence.js';

/** Watches whether a server still says something. */
export interface Listening {
  /**
   * Aborted with a NetworkError after the silence, or a minute of too few bytes, and with its own reason
   * where the outer signal is.
   */
  readonly signal: AbortSignal;
  /** Something has come: so many bytes of what was asked for. */
  heard(bytes: number): void;
  /** To be called in the end. */
  stop(): void;
}

export interface ListeningOptions {
  /** Milliseconds that the server may be silent. */
  readonly silence?: number | undefined;
  /** Bytes a second that it must bring. */
  readonly minimumRate?: number | undefined;
}

/** Begins to listen to a server. */
export const untilSilent = (
  outer: AbortSignal,
  host: string,
  { silence = SILENCE, minimumRate = MINIMUM_RATE }: ListeningOptions = {},
): Listening => {
  const quiet = new AbortController();
  const abort = () => quiet.abort(outer.reason);
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  const giveUp = (what: string, more = ''): void => {
    const hint = `Check the connection and HF_ENDPOINT, and run again later${more}: what has arrived is kept.`;
    quiet.abort(new NetworkError(`${host} does not come to an end: ${what}.`, { value: host, hint }));
  };
  let timer: NodeJS.Timeout | undefined;
  let [received, since] = [0, performance.now()];
  const heard = (bytes: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => giveUp(`silent for ${silence / 1000} seconds`), silence);
    received += bytes;
    const seconds = (performance.now() - since) / 1000;
    if (seconds < WINDOW / 1000) return;
    if (received < minimumRate * seconds) {
      giveUp(`${Math.round(received / seconds)} bytes a second`, ', or allow less by minimumRate');
    }
    [received, since] = [0, performance.now()];
  };
  heard(0);
  return {
    signal: quiet.signal,
    heard,
    stop() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
};
