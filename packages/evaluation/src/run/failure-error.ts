import * as core from '@entrgi/core';
import type { Failure } from './worker-message.js';

type ErrorClass = { readonly code: string; new (message: string): core.EntrgiError };

/** Classes of errors by their codes. */
const classes = new Map(
  Object.values(core).flatMap((each): [string, ErrorClass][] =>
    typeof each === 'function' && 'code' in each ? [[(each as ErrorClass).code, each as ErrorClass]] : [],
  ),
);

/** The error of another process, of the same class where it is one of ours. */
export const failureError = ({ name, message, code }: Failure): Error => {
  const Class = code === undefined ? undefined : classes.get(code);
  return Class === undefined ? Object.assign(new Error(message), { name, code }) : new Class(message);
};
