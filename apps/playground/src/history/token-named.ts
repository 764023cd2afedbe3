import type { Words } from './words.js';

/** The token that somebody means by a text: with the space before it where there is such a token and none was written; undefined where it is no single one. */
export const tokenNamed = ({ tokens }: Pick<Words, 'tokens'>, text: string): number | undefined => {
  const found = [` ${text}`, text].map((spelled) => tokens.indexOf(spelled)).find((id) => id >= 0);
  return text === '' ? undefined : found;
};
