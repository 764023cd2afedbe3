import type { Budget } from './budget.js';

/** Set in `marks` where the character, or what it was made of, is not a template's. */
export const FROM_USER = 1;
/** Set in `marks` where the character stands for the very beginning of the whole text. */
export const AT_START = 2;

/**
 * A text on its way to the model, with a byte of marks per UTF-16 unit: those of `text[i]` are `marks[from +
 * i]`.
 */
export interface Traced {
  readonly text: string;
  readonly marks: Uint8Array;
  readonly from: number;
}

/**
 * `text` is to stand in place of the UTF-16 units `start` to `end`, its marks for the start being those of
 * `startOf` (default: `start`).
 */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly startOf?: number;
}

/** A text without marks. */
export const untraced = (text: string): Traced => ({ text, marks: new Uint8Array(text.length), from: 0 });

/** The piece from `start` to `end`; it shares the marks. */
export const sliced = (traced: Traced, start: number, end: number): Traced =>
  start === 0 && end === traced.text.length
    ? traced
    : { text: traced.text.slice(start, end), marks: traced.marks, from: traced.from + start };

export const isFromUser = ({ marks, from }: Traced, start: number, end: number): boolean => {
  for (let i = from + start; i < from + end; i++) if ((marks[i]! & FROM_USER) !== 0) return true;
  return false;
};

export const isAtStart = ({ marks, from }: Traced): boolean => (marks[from]! & AT_START) !== 0;

/** The text with edits made, which are in order and do not overlap. */
export const edited = (traced: Traced, edits: readonly Edit[], budget: Budget): Traced => {
  if (edits.length === 0) return traced;
  const { text, marks, from: offset } = traced;
  const length = edits.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), text.length);
  budget.grow(length);
  const parts: string[] = [];
  const result = new Uint8Array(length);
  let from = 0;
  let to = 0;
  for (const { start, end, text: content, startOf = start } of edits) {
    parts.push(text.slice(from, start), content);
    // Byte by byte: mostly there are few, and a view costs more.
    for (let i = from; i < start; i++) result[to++] = marks[offset + i]!;
    // What is inserted between characters belongs to both of its neighbors.
    const isInserted = start === end;
    const first = isInserted ? Math.max(0, start - 1) : start;
    const last = Math.min(isInserted ? end + 1 : end, text.length);
    let mark = isFromUser(traced, first, last) ? FROM_USER : 0;
    // What is inserted before everything begins where the first character did.
    if (startOf < text.length) mark |= marks[offset + Math.max(0, startOf)]! & AT_START;
    for (let i = 0; i < content.length; i++) result[to++] = mark;
    from = end;
  }
  parts.push(text.slice(from));
  result.set(marks.subarray(offset + from, offset + text.length), to);
  return { text: parts.join(''), marks: result, from: 0 };
};

/** The edits that replace each match of a global expression, where that changes it. */
export const editsOf = (text: string, expression: RegExp, replace: (match: string) => string): Edit[] => {
  const edits: Edit[] = [];
  for (const match of text.matchAll(expression)) {
    const content = replace(match[0]);
    if (content !== match[0])
      edits.push({ start: match.index, end: match.index + match[0].length, text: content });
  }
  return edits;
};
