/** Longest silence of a server that has been asked something or is sending, in milliseconds. */
export const SILENCE = 30_000;
