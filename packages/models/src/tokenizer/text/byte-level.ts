import type { Budget } from './budget.js';
import { byteLevelAlphabet } from './byte-level-alphabet.js';
import type { Traced } from './traced.js';

/** The printable character that stands for each byte in a byte-level vocabulary. */
export const characterOfByte: readonly string[] = [...byteLevelAlphabet]
  .sort(([, a], [, b]) => a - b)
  .map(([character]) => character);

const encoder = new TextEncoder();

/** Each byte of the text in UTF-8 as its character, with the marks of the character that it is of. */
export const inByteCharacters = (traced: Traced, budget: Budget): Traced => {
  const { text } = traced;
  // Most words: a blank and letters of ASCII, one unit each before and after.
  if (/^[ -~]*$/.test(text)) return { ...traced, text: text.replaceAll(' ', characterOfByte[0x20]!) };
  const bytes = encoder.encode(text);
  budget.grow(bytes.length);
  let characters = '';
  for (const byte of bytes) characters += characterOfByte[byte];
  const marks = new Uint8Array(bytes.length);
  let to = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // The halves of a pair are four bytes.
    const width = unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
    const mark = traced.marks[traced.from + i]!;
    for (const end = to + width; to < end; to++) marks[to] = mark;
  }
  return { text: characters, marks, from: 0 };
};

/** The bytes that the characters stand for; where one stands for none, those of the text in UTF-8. */
export const fromByteCharacters = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = byteLevelAlphabet.get(text[i]!);
    if (byte === undefined) return encoder.encode(text);
    bytes[i] = byte;
  }
  return bytes;
};
