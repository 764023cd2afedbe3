import { disposable } from '../async/disposable.js';
import { lazily } from '../async/lazily.js';
import type { Backend, ModelSource, Session, SessionOptions } from '../contracts/runtime/backend.js';
import { CONTRACT_VERSION } from '../contracts/runtime/versioned.js';
import { BackendError } from '../errors/errors.js';
import { requireWhole } from '../options/require-that.js';
import { checkFetches } from './check-feeds.js';
import type { Runtime } from './runtime.js';
import { runtimeSession } from './runtime-session.js';
import { typedFailure } from './typed-failure.js';

/** What makes a backend of a runtime: its name, how it is loaded, and what its sessions are told. */
export interface RuntimeBackendOptions {
  readonly name: string;
  /** Called with the first session, and again where it failed. */
  readonly load: () => Promise<Runtime>;
  /**
   * What the runtime is told of a session.
   * @throws InvalidArgumentError for what it cannot do
   */
  readonly settings: (model: ModelSource, options: SessionOptions) => object | Promise<object>;
  /**
   * Whether it computes apart from the memory of JavaScript.
   * @default false
   */
  readonly isDevice?: boolean;
  /** What disposed backends are to be replaced with, as in `nodeBackend()`. */
  readonly maker: string;
}

/**
 * A backend over a runtime: one session a model, checked, typed failures, and an end at which everything is
 * released.
 */
export const runtimeBackend = ({
  name,
  load,
  settings,
  isDevice = false,
  maker,
}: RuntimeBackendOptions): Backend => {
  const sessions = new Set<Session>();
  const runtime = lazily(load);
  let disposed: Promise<void> | undefined;

  const refuseIfDisposed = (): void => {
    if (disposed === undefined) return;
    throw new BackendError('The backend is disposed.', { hint: `Make a new one with ${maker}.` });
  };

  return {
    contract: CONTRACT_VERSION,
    name,
    isDevice,

    async createSession(model, options = {}) {
      refuseIfDisposed();
      checkThreads(options.threads);
      const called = model.name ?? 'model';
      const asked = await settings({ ...model, name: called }, options);
      const loaded = await runtime.get().catch((error) => {
        throw typedFailure(error);
      });
      const info = await loaded.create(model.bytes, asked).catch((error) => {
        throw typedFailure(error, `${called} cannot be loaded`);
      });
      try {
        checkFetches(called, info.outputs, options.keep ?? []);
      } catch (error) {
        await loaded.release(info.id);
        throw error;
      }
      const session = runtimeSession(loaded, info, called, {
        keep: options.keep,
        onDispose: () => sessions.delete(session),
      });
      sessions.add(session);
      if (disposed !== undefined) await session.dispose();
      refuseIfDisposed();
      return session;
    },

    ...disposable(() => {
      disposed ??= (async () => {
        await Promise.all([...sessions].map((session) => session.dispose()));
        await (await runtime.made())?.close();
      })();
      return disposed;
    }),
  };
};

/** Throws InvalidArgumentError for a number of threads below one. */
export const checkThreads = (threads: number | undefined): void => {
  if (threads !== undefined) requireWhole('threads', threads, 1);
};
