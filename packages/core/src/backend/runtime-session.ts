import { disposable } from '../async/disposable.js';
import type { Session } from '../contracts/runtime/backend.js';
import { BackendError } from '../errors/errors.js';
import { checkFeeds, checkFetches } from './check-feeds.js';
import type { Runtime, SessionInfo } from './runtime.js';
import { typedFailure } from './typed-failure.js';

/** One loaded model: checks what comes in, types what goes wrong, releases the runtime's session exactly once. */
export const runtimeSession = (
  runtime: Runtime,
  { id, inputs, outputs }: SessionInfo,
  model: string,
  onDispose: () => void,
): Session => {
  const outputNames = outputs.map(({ name }) => name);
  const running = new Set<Promise<unknown>>();
  let disposed: Promise<void> | undefined;

  return {
    inputNames: inputs.map(({ name }) => name),
    outputNames,

    async run(feeds, { fetches = outputNames, signal } = {}) {
      if (disposed !== undefined) {
        throw new BackendError(`${model}: the session is disposed.`, {
          hint: 'Create a new session, or dispose it after the last run.',
        });
      }
      checkFeeds(model, inputs, feeds);
      checkFetches(model, outputs, fetches);
      signal?.throwIfAborted();
      if (fetches.length === 0) return {};
      const run = runtime.run(id, feeds, fetches);
      running.add(run);
      try {
        return await run;
      } catch (error) {
        throw typedFailure(error, `${model} failed`);
      } finally {
        running.delete(run);
      }
    },

    ...disposable(() => {
      // Runs in progress are let finish: the runtime's session must outlive them.
      disposed ??= Promise.allSettled(running).then(() => {
        onDispose();
        return runtime.release(id);
      });
      return disposed;
    }),
  };
};
