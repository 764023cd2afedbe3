import type { WrittenToken } from './written-story.ts';

/** A token where it stands: its text without the space before it, and the line and column of its first character. */
export interface PlacedToken extends WrittenToken {
  readonly line: number;
  readonly column: number;
}

/** Breaks a response into lines of at most so many characters, between words and where it breaks itself. */
export const placeTokens = (tokens: readonly WrittenToken[], columns: number): PlacedToken[] => {
  const placed: PlacedToken[] = [];
  let [line, column] = [0, 0];
  for (const [i, { text, step }] of tokens.entries()) {
    if (/^\s*\n/.test(text) && column > 0) [line, column] = [line + 1, 0];
    const startsWord = /^\s/.test(text);
    const visible = text.trim();
    if (startsWord && column > 0) {
      const word = visible.length + restOfWord(tokens.slice(i + 1));
      [line, column] = column + 1 + word > columns ? [line + 1, 0] : [line, column + 1];
    }
    if (visible !== '') placed.push({ text: visible, step, line, column });
    column += visible.length;
    if (/\S\s*\n/.test(text)) [line, column] = [line + 1, 0];
  }
  return placed;
};

/** Length of what follows up to the next space. */
const restOfWord = (tokens: readonly WrittenToken[]): number => {
  let length = 0;
  for (const { text } of tokens) {
    if (/^\s/.test(text)) break;
    length += text.length;
  }
  return length;
};
