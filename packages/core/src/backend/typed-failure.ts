import { BackendError } from '../errors/errors.js';

/** A plain error of the runtime as a BackendError that says what was being done. */
export const typedFailure = (error: unknown, doing?: string): BackendError => {
  const { message = String(error), hint } = (error ?? {}) as { message?: string; hint?: string };
  const what = message.replace(/[.\s]*$/, '.');
  return new BackendError(doing === undefined ? what : `${doing}: ${what}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
};
