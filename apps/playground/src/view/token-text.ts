import type { Words } from '../history/words.js';

/** A token as text that can be seen: a space before it as a thin mark, an end as a sign. */
export const tokenText = ({ tokens, endIds }: Words, id: number): string => {
  const text = tokens[id];
  if (text === undefined) return endIds.includes(id) ? '∎' : '□';
  if (text === '\n') return '↵';
  return text.trim() === '' ? '␣' : text;
};

/** The same for a screen reader. */
export const spokenToken = ({ tokens, endIds }: Words, id: number): string => {
  const text = tokens[id];
  if (text === undefined) return endIds.includes(id) ? 'end of the story' : 'a special token';
  return text.trim() === '' ? 'space' : text.trim();
};
