import { NumericalError } from './errors.js';

/** Runs `work`; a NumericalError from it says where it happened: `place` is put before its words. */
export const atPlace = <T>(place: () => string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw placed(place, error);
  }
};

/** A NumericalError with its place before its words; anything else as it is. */
export const placed = (place: () => string, error: unknown): unknown =>
  NumericalError.isInstance(error)
    ? new NumericalError(`${place()}: ${error.message}`, { value: error.value, cause: error })
    : error;
