import { InvalidArgumentError, NumericalError, type Prompt } from '@entrgi/core';

/**
 * Lets an error say which prompt it is about: one of thousands, it may be too long for a model's window, or
 * make a model overflow. Anything else that was thrown stays as it is.
 */
export const aboutPrompt = (prompt: Prompt, error: unknown): unknown => {
  if (InvalidArgumentError.isInstance(error) || NumericalError.isInstance(error)) {
    error.message = `The prompt ${shown(prompt)}: ${error.message}`;
  }
  return error;
};

/** The beginning of its last turn, in quotes. */
const shown = (prompt: Prompt): string => {
  const text = typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`);
};
