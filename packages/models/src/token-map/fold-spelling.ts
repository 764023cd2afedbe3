import type { Spelling } from '@entrgi/core';

/** A text as tokens of a vocabulary spell it: lower-cased and without accents where they are. */
export const fold = (
  text: string,
  { lowercase, stripAccents }: Pick<Spelling, 'lowercase' | 'stripAccents'>,
): string => {
  const lower = lowercase ? text.toLowerCase() : text;
  return stripAccents ? lower.normalize('NFD').replace(/\p{Mn}/gu, '') : lower;
};

/** The same word with a space before it where it had none, and without where it had one. */
export const otherSpace = (text: string): string => (text.startsWith(' ') ? text.slice(1) : ` ${text}`);
