import { UnsupportedError } from '@entrgi/core';
import { Text } from '../template/value/text.js';

/** A response with a mark in place of the blank lines between its steps, and one at its end. */
export const withMarks = (response: string, mark: string): { text: string; places: readonly number[] } => {
  const steps = response.split(/\n{2,}/).filter((step) => step.trim() !== '');
  let text = '';
  const places: number[] = [];
  for (const step of steps.length === 0 ? [''] : steps) {
    text += step;
    places.push(text.length);
    text += mark;
  }
  return { text, places };
};

/**
 * What a template made of a marked response, with the marks as its own: only those are special tokens.
 * @throws UnsupportedError where it did more with the response than to put it in one place
 */
export const ownMarks = (
  { chars, origins }: Text,
  { text, places }: ReturnType<typeof withMarks>,
  { mark, name }: { readonly mark: string; readonly name: string },
): Text => {
  const start = origins.indexOf('r');
  if (start < 0 || chars.slice(start, origins.lastIndexOf('r') + 1) !== text) {
    throw new UnsupportedError(
      `${name}: the template does more with a response than to put it in one place, so that its steps cannot be told apart.`,
      { value: name, hint: 'Give the reward model a chat_template that writes responses as they are.' },
    );
  }
  let marked = origins;
  for (const place of places) {
    const at = start + place;
    marked = marked.slice(0, at) + 't'.repeat(mark.length) + marked.slice(at + mark.length);
  }
  return new Text(chars, marked);
};
