import { InvalidArgumentError, NumericalError, type Prompt } from '@entrgi/core';

/**
 * Lets an error say which prompt it is about: one of thousands, it may be too long for a model's window, or
 * make a model overflow. Anything else that was thrown stays as it is. `cure` is what to do about a prompt
 * that does not fit.
 */
export const aboutPrompt = (prompt: Prompt, error: unknown, cure?: string): unknown => {
  const isUnfit = InvalidArgumentError.isInstance(error);
  if (isUnfit || NumericalError.isInstance(error)) {
    const more = isUnfit && cure !== undefined ? ` ${cure}` : '';
    error.message = `The prompt ${shown(prompt)}: ${error.message}${more}`;
  }
  return error;
};

/** The beginning of its last turn, in quotes. */
const shown = (prompt: Prompt): string => {
  const text = typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`);
};
