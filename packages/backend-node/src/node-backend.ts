import {
  type Backend,
  BackendError,
  disposable,
  InvalidArgumentError,
  lazily,
  type ModelSource,
  requireWhole,
  type Session,
  type SessionOptions,
} from '@entrgi/core';
import { loadNativeRuntime, type NativeRuntime } from './native-runtime.js';
import { nodeSession } from './node-session.js';
import { sessionSettings } from './session-settings.js';
import { typedFailure } from './typed-failure.js';
import { workerRuntime } from './worker-runtime.js';

/** Where sessions run, and on how many threads. */
export interface NodeBackendOptions {
  /** Threads inside one operator. Default: one per physical core. */
  readonly threads?: number;
  /** Load and run sessions in one worker thread, so that the caller's event loop stays responsive. Default: false. */
  readonly worker?: boolean;
}

/**
 * Models on onnxruntime-node (CPU). The runtime is loaded with the first session.
 * Throws InvalidArgumentError for threads < 1; sessions throw BackendError where onnxruntime-node is missing, of another version, or fails.
 */
export const nodeBackend = (options: NodeBackendOptions = {}): Backend => {
  checkThreads(options.threads);
  const sessions = new Set<Session>();
  const runtime = lazily<NativeRuntime>(async () =>
    options.worker === true ? workerRuntime() : loadNativeRuntime(),
  );
  let disposed: Promise<void> | undefined;

  const refuseIfDisposed = (): void => {
    if (disposed === undefined) return;
    throw new BackendError('The backend is disposed.', { cure: 'Make a new one with nodeBackend().' });
  };

  return {
    name: options.worker === true ? 'node (worker)' : 'node',

    async createSession(model: ModelSource, sessionOptions: SessionOptions = {}): Promise<Session> {
      refuseIfDisposed();
      checkThreads(sessionOptions.threads);
      const name = model.name ?? 'model';
      if (model.files !== undefined && model.folder === undefined) {
        throw new InvalidArgumentError(`${name}: expected external data in a folder, got a map of files.`, {
          value: [...model.files.keys()],
          cure: 'Pass `folder`: this backend maps weight files into memory.',
        });
      }
      const settings = sessionSettings({
        weightsOnce: sessionOptions.weightsOnce ?? false,
        threads: sessionOptions.threads ?? options.threads,
        folder: model.folder,
      });
      const native = await runtime.get().catch((error) => {
        throw typedFailure(error);
      });
      const info = await native.create(model.bytes, settings).catch((error) => {
        throw typedFailure(error, `${name} cannot be loaded`);
      });
      const session = nodeSession(native, info, name, () => sessions.delete(session));
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

const checkThreads = (threads: number | undefined): void => {
  if (threads !== undefined) requireWhole('threads', threads, 1);
};
