import type { Runtime } from '@entrgi/core/backend';

interface Shared {
  readonly worker: boolean;
  readonly runtime: Promise<Runtime>;
  users: number;
}

let shared: Shared | undefined;

/**
 * One runtime for all backends of this thread that use WebGPU: two threads that run its sessions at once end
 * the process. Rejects with a plain error with a `hint` where one with another `worker` is in use.
 */
export const webGpuRuntime = async (worker: boolean, load: () => Promise<Runtime>): Promise<Runtime> => {
  if (shared !== undefined && shared.worker !== worker) {
    throw Object.assign(new Error(`WebGPU is in use ${worker ? 'in this thread' : 'in a worker'} already.`), {
      hint: 'Give all backends with device webgpu the same `worker`.',
    });
  }
  shared ??= { worker, runtime: load(), users: 0 };
  const own = shared;
  own.users += 1;
  const leave = async (): Promise<boolean> => {
    own.users -= 1;
    if (own.users > 0) return false;
    if (shared === own) shared = undefined;
    return true;
  };
  try {
    const runtime = await own.runtime;
    // Whoever closes it has released its own sessions.
    return { ...runtime, close: async () => ((await leave()) ? runtime.close() : undefined) };
  } catch (error) {
    await leave();
    throw error;
  }
};
