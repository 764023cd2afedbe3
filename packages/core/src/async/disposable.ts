import type { Disposable } from '../contracts/runtime/disposable.js';

/**
 * Both ways to free what an object holds, to be spread into it: `{ name, score, ...disposable(async () =>
 * session.dispose()) }`.
 */
export const disposable = (dispose: () => Promise<void>): Disposable => ({
  dispose,
  // Where a runtime lacks the symbol there is no `await using` either.
  [Symbol.asyncDispose ?? 'asyncDispose']: dispose,
});
