/** Longest silence of a server that has been asked something or is sending, in milliseconds. */
export const SILENCE = 30_000;

/** How long a server has to bring its least number of bytes a second, on the average, in milliseconds. */
export const WINDOW = 60_000;

/** Bytes a second that are the least unless somebody says otherwise. */
export const MINIMUM_RATE = 1000;
