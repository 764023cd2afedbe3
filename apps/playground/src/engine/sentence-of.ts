import { DeviceLostError, EntrgiError } from '@entrgi/core';

/** What went wrong, for whoever looks at the page; `code` is `unknown` for what nobody has foreseen. */
export const sentenceOf = (error: unknown): { readonly code: string; readonly message: string } => {
  const message = error instanceof Error ? error.message : String(error);
  if (DeviceLostError.isInstance(error)) {
    return {
      code: error.code,
      message:
        'The graphics card was lost: its driver was restarted, or the computer slept. Nothing is broken.',
    };
  }
  if (OUT_OF_MEMORY.test(message)) {
    return {
      code: 'memory-limit',
      message: 'There is not enough memory for this. Close other tabs, or take fewer trajectories or tokens.',
    };
  }
  return { code: error instanceof EntrgiError ? error.code : 'unknown', message };
};

/** The same of what comes with the page: whoever opens it has chosen none of its files, and cannot mend their addresses. */
export const sentenceOfStart = (error: unknown): { readonly code: string; readonly message: string } => {
  const said = sentenceOf(error);
  if (said.code === 'memory-limit' || said.code === DeviceLostError.code) return said;
  return {
    code: said.code,
    message:
      typeof WebAssembly === 'undefined'
        ? 'This browser has no WebAssembly, with which the page computes. It may be switched off for safety; another browser will do.'
        : 'A part of this page did not arrive. Is there a network? If loading again does not help, reload the page.',
  };
};

/** As WebAssembly, its C++ and JavaScript say it. */
const OUT_OF_MEMORY = /bad_alloc|out of memory|could not allocate|allocation failed/i;
