import { disposable } from '../async/disposable.js';
import type { KeptRun, Session } from '../contracts/runtime/backend.js';
import type { KeptTensor, Tensor } from '../contracts/runtime/tensor.js';
import { BackendError } from '../errors/errors.js';
import { checkFeeds, checkFetches } from './check-feeds.js';
import type { KeptNumber, Runtime, SessionInfo } from './runtime.js';
import { typedFailure } from './typed-failure.js';

/**
 * One loaded model: checks what comes in, types what goes wrong, releases the runtime's session exactly once.
 */
export const runtimeSession = (
  runtime: Runtime,
  { id, inputs, outputs }: SessionInfo,
  model: string,
  { keep = [], onDispose }: { readonly keep?: readonly string[] | undefined; readonly onDispose: () => void },
): Session => {
  const outputNames = outputs.map(({ name }) => name);
  const fetched = outputNames.filter((name) => !keep.includes(name));
  const running = new Set<Promise<unknown>>();
  let disposed: Promise<void> | undefined;

  const keptTensor = ({ type, dims, kept }: KeptNumber): KeptTensor => {
    let dropped: Promise<void> | undefined;
    return { type, dims, kept, ...disposable(() => (dropped ??= runtime.drop(kept))) };
  };
  const runAll: NonNullable<Session['runKeeping']> = async (feeds, { fetches = fetched, signal } = {}) => {
    if (disposed !== undefined) {
      throw new BackendError(`${model}: the session is disposed.`, {
        hint: 'Create a new session, or dispose it after the last run.',
      });
    }
    checkFeeds(model, inputs, feeds);
    checkFetches(model, outputs, fetches);
    signal?.throwIfAborted();
    const names = [...new Set([...fetches, ...keep])];
    const run: KeptRun = { outputs: {}, kept: {} };
    if (names.length === 0) return run;
    const results = runtime.run(id, feeds, names);
    running.add(results);
    try {
      for (const [name, tensor] of Object.entries(await results)) {
        if ('kept' in tensor) run.kept[name] = keptTensor(tensor);
        else run.outputs[name] = tensor as Tensor;
      }
      return run;
    } catch (error) {
      throw typedFailure(error, `${model} failed`);
    } finally {
      running.delete(results);
    }
  };

  return {
    inputNames: inputs.map(({ name }) => name),
    outputNames,
    runKeeping: runAll,

    async run(feeds, options) {
      const { outputs: fetched, kept } = await runAll(feeds, options);
      await Promise.all(Object.values(kept).map((tensor) => tensor.dispose()));
      return fetched;
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
