import type { Vocabulary } from '@entrgi/core';
import { fold, otherSpace } from './fold-spelling.js';
import { sampleText } from './sample-text.js';

/** Words with the space before them, marks, digits and line breaks, as byte-level tokenizers cut text. */
const WORDS = / ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+/gu;

/**
 * The tokens, one after the other, in which a vocabulary writes the sample text: in each word the longest
 * that fits, and so on. (Tokenizers merge in other orders; the tokens are mostly the same.) What it cannot
 * spell is left out; empty where that is everything, or where no token spells anything.
 */
export const spokenTokens = ({ size, spelling }: Vocabulary): number[] => {
  if (spelling === undefined) return [];
  const ids = new Map<string, number>();
  spelling.texts.forEach((text, id) => {
    if (text !== undefined && id < size && !ids.has(text)) ids.set(text, id);
  });
  const isImplied = spelling.spaces === 'implied';
  const spoken: number[] = [];

  const longest = (text: string, isFirst: boolean): [id: number, length: number] | undefined => {
    for (let length = text.length; length > 0; length--) {
      const piece = text.slice(0, length);
      const id = ids.get(piece) ?? (isImplied && isFirst ? ids.get(otherSpace(piece)) : undefined);
      if (id !== undefined) return [id, length];
    }
    return undefined;
  };
  const say = (word: string): void => {
    for (let at = 0; at < word.length; ) {
      const match = longest(word.slice(at), at === 0);
      if (match !== undefined) spoken.push(match[0]);
      else {
        const character = String.fromCodePoint(word.codePointAt(at)!);
        const bytes = bytesOf(character);
        if (bytes !== character) say(bytes);
      }
      at += match?.[1] ?? (word.codePointAt(at)! > 0xffff ? 2 : 1);
    }
  };
  for (const [word] of fold(sampleText, spelling).matchAll(WORDS)) say(word);
  return spoken;
};

/** A character beyond ASCII as its bytes, each as `Spelling` writes it. */
const bytesOf = (character: string): string => {
  const code = character.charCodeAt(0);
  if (code < 0x80 || (code >= 0xdc80 && code <= 0xdcff)) return character;
  return Array.from(new TextEncoder().encode(character), (byte) => String.fromCharCode(0xdc00 + byte)).join(
    '',
  );
};
