import { BackendError, DeviceLostError } from '../errors/errors.js';

/** A plain error of the runtime as a typed one that says what was being done. */
export const typedFailure = (error: unknown, doing?: string): BackendError | DeviceLostError => {
  const {
    message = String(error),
    hint,
    code,
  } = (error ?? {}) as Readonly<Record<string, string | undefined>>;
  const what = message.replace(/[.\s]*$/, '.');
  const Failure = code === DeviceLostError.code ? DeviceLostError : BackendError;
  return new Failure(doing === undefined ? what : `${doing}: ${what}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
};
